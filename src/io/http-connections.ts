import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import type { buildConnector, Dispatcher } from 'undici';

import { TcondaError } from '../errors.ts';
import { findProxy, type ProxySettings } from './proxies.ts';

export interface ConnectionOptions {
  readonly proxies?: ProxySettings;
  /** `true`: the certificates that come with Node; `<truststore>`: those of the system; a path: these; `false`: any. */
  readonly sslVerify?: boolean | string;
  /** PEM files. Without `key` the certificate's file holds both. */
  readonly clientCertificate?: { readonly cert: string; readonly key?: string };
  /** Seconds until a connection stands; 9.15 as conda. */
  readonly connectTimeout?: number;
  /** Seconds without a byte until an answer counts as stalled; 60. */
  readonly readTimeout?: number;
  /** 10 */
  readonly connectionsPerHost?: number;
}

/** The open connections, by proxy. undici is loaded with the first. */
export interface Connections {
  dispatcherFor(url: URL): Promise<Dispatcher>;
  close(): Promise<void>;
}

/** Connections that are made when they are first asked for, and kept until all are closed. */
export function createConnections(options: ConnectionOptions): Connections {
  const dispatchers = new Map<string, Promise<Dispatcher>>();
  return {
    dispatcherFor(url) {
      const proxy = options.proxies && findProxy(url, options.proxies);
      // A plain http request is spoken to the proxy itself; https goes through a tunnel.
      const key = proxy === undefined ? '' : `${url.protocol === 'https:'} ${proxy}`;
      let dispatcher = dispatchers.get(key);
      if (dispatcher === undefined) {
        dispatcher = connect(proxy, url, options);
        dispatchers.set(key, dispatcher);
      }
      return dispatcher;
    },
    async close() {
      const open = await Promise.allSettled(dispatchers.values());
      dispatchers.clear();
      await Promise.all(open.flatMap((one) => (one.status === 'fulfilled' ? [one.value.destroy()] : [])));
    },
  };
}

async function connect(proxy: string | undefined, url: URL, options: ConnectionOptions): Promise<Dispatcher> {
  const { Agent, buildConnector, ProxyAgent, Socks5ProxyAgent } = await import('./undici.ts');
  const { createOriginPool } = await import('./http-versions.ts');
  const tls = tlsOptions(options);
  const timeout = (options.connectTimeout ?? 9.15) * 1000;
  const pool = {
    connections: options.connectionsPerHost ?? 10,
    headersTimeout: (options.readTimeout ?? 60) * 1000,
    bodyTimeout: (options.readTimeout ?? 60) * 1000,
    autoSelectFamily: true,
  };
  if (proxy === undefined) {
    const direct = buildConnector({ ...tls, timeout, allowH2: true, autoSelectFamily: true });
    return new Agent({ ...pool, factory: (origin) => createOriginPool(new URL(origin), pool, direct) });
  }
  const { uri, token } = splitProxy(proxy);
  if (uri.protocol.startsWith('socks'))
    return new Socks5ProxyAgent(proxy, { ...pool, connect: { ...tls, timeout } as never });
  const isTunnel = url.protocol === 'https:';
  return new ProxyAgent({
    ...pool,
    uri: uri.href,
    ...(token !== undefined && { token }),
    requestTls: { ...tls, timeout, allowH2: isTunnel },
    proxyTls: { ...tls, timeout },
    proxyTunnel: isTunnel,
    ...(isTunnel && {
      factory: (origin, options) => createOriginPool(new URL(origin), pool, tunnelOf(options)),
    }),
  });
}

/** How the agent of a proxy reaches a server behind it. */
function tunnelOf(options: object): buildConnector.connector {
  return (options as { readonly connect: buildConnector.connector }).connect;
}

function splitProxy(proxy: string): { readonly uri: URL; readonly token?: string } {
  let uri;
  try {
    uri = new URL(proxy);
  } catch {
    throw new TcondaError('HTTP_FAILED', 'The address of the proxy is not a URL', {
      hint: 'See proxy_servers and the variables HTTP_PROXY and HTTPS_PROXY',
    });
  }
  if (uri.username === '' && uri.password === '') return { uri };
  const pair = `${decodeURIComponent(uri.username)}:${decodeURIComponent(uri.password)}`;
  uri.username = '';
  uri.password = '';
  return { uri, token: `Basic ${Buffer.from(pair).toString('base64')}` };
}

interface TlsOptions {
  readonly rejectUnauthorized?: boolean;
  readonly ca?: readonly string[] & string[];
  readonly cert?: string;
  readonly key?: string;
}

function tlsOptions({ sslVerify = true, proxies, clientCertificate }: ConnectionOptions): TlsOptions {
  const env = proxies?.env ?? {};
  const client = clientCertificate && {
    cert: readPem(clientCertificate.cert),
    key: readPem(clientCertificate.key ?? clientCertificate.cert),
  };
  if (sslVerify === false) return { rejectUnauthorized: false, ...client };
  const named =
    typeof sslVerify === 'string' && sslVerify !== '<truststore>'
      ? sslVerify
      : (env['REQUESTS_CA_BUNDLE'] ?? env['CURL_CA_BUNDLE'] ?? env['SSL_CERT_FILE'] ?? env['SSL_CERT_DIR']);
  if (named !== undefined && named !== '') return { ca: readCertificates(named), ...client };
  const system = sslVerify === '<truststore>' ? systemCertificates() : undefined;
  return { ...(system && { ca: system }), ...client };
}

function readCertificates(place: string): string[] {
  let isDirectory;
  try {
    isDirectory = statSync(place).isDirectory();
  } catch (cause) {
    throw unreadable(place, cause);
  }
  if (!isDirectory) return [readPem(place)];
  return readdirSync(place)
    .filter((name) => /\.(?:pem|crt|cer|\d)$/.test(name))
    .map((name) => readPem(path.join(place, name)));
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown): TcondaError {
  return new TcondaError('HTTP_FAILED', `Certificates can't be read: ${file}`, {
    hint: 'See ssl_verify, client_ssl_cert and the variable SSL_CERT_FILE',
    cause,
  });
}

/** Where Linux and BSD distributions keep the bundle of the system. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

function systemCertificates(): string[] | undefined {
  for (const file of SYSTEM_BUNDLES) {
    try {
      return [readFileSync(file, 'utf8')];
    } catch {
      continue;
    }
  }
  return undefined;
}
