/** Which proxies there are: those of the settings before those of the environment. */
export interface ProxySettings {
  /** conda's `proxy_servers`: by `scheme://host`, `scheme`, `all://host` or `all`. */
  readonly servers?: ReadonlyMap<string, string>;
  /** Where `HTTPS_PROXY`, `NO_PROXY` and the like are looked up. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The proxy that stands between us and `url`, as a URL that may hold credentials. Settings come before the environment. */
export function findProxy(url: URL, settings: ProxySettings): string | undefined {
  const scheme = url.protocol.slice(0, -1);
  const { servers, env = {} } = settings;
  const configured = [`${scheme}://${url.hostname}`, scheme, `all://${url.hostname}`, 'all']
    .map((key) => servers?.get(key))
    .find((value) => value !== undefined);
  if (configured !== undefined) return configured === '' ? undefined : withScheme(configured);
  const noProxy = env['no_proxy'] ?? env['NO_PROXY'];
  if (noProxy !== undefined && isExcepted(url, noProxy)) return undefined;
  // `HTTP_PROXY` in capitals can be set by whoever sends a `Proxy` header to a CGI program.
  const cgi = env['REQUEST_METHOD'] !== undefined;
  const value =
    env[`${scheme}_proxy`] ??
    (scheme === 'http' && cgi ? undefined : env[`${scheme.toUpperCase()}_PROXY`]) ??
    env['all_proxy'] ??
    env['ALL_PROXY'];
  return value === undefined || value === '' ? undefined : withScheme(value);
}

function withScheme(proxy: string): string {
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

/** `NO_PROXY`: hosts, domains with all below them, with or without port; IPv4 networks as `10.0.0.0/8`; `*`. */
function isExcepted(url: URL, noProxy: string): boolean {
  const host = url.hostname.toLowerCase();
  const port = url.port === '' ? { 'http:': '80', 'https:': '443' }[url.protocol] : url.port;
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      if (entry.includes('/')) return isInNetwork(host, entry);
      const [, name = '', wantedPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (wantedPort !== undefined && wantedPort !== port) return false;
      const domain = name.replace(/^\*?\./, '');
      return host === domain || host.endsWith(`.${domain}`) || host === entry;
    });
}

function isInNetwork(host: string, network: string): boolean {
  const [base = '', bits = ''] = network.split('/');
  const address = ipv4(host);
  const start = ipv4(base);
  if (address === undefined || start === undefined || !/^\d{1,2}$/.test(bits) || Number(bits) > 32)
    return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(address / size) === Math.floor(start / size);
}

function ipv4(text: string): number | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return undefined;
  return text.split('.').reduce((value, part) => value * 256 + Number(part), 0);
}
