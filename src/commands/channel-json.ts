/** A channel as conda's `config --show --json` and its errors show it: the parts of its URL. */
export interface ChannelJson {
  readonly auth: null;
  readonly location: string;
  readonly name: string;
  readonly package_filename: null;
  readonly platform: null;
  readonly scheme: string;
  readonly token: null;
}

/**
 * Takes the URL of a channel apart.
 * @param name what of the URL's end is the name; without it, what follows the host
 */
export function channelUrlToJson(url: string, name?: string): ChannelJson {
  const [scheme = '', rest = ''] = url.split('://', 2);
  const end = rest.replace(/\/+$/, '');
  const slash = end.indexOf('/');
  const isWhole = name !== undefined || slash < 0;
  return {
    auth: null,
    location: isWhole ? end : end.slice(0, slash),
    name: name ?? (slash < 0 ? '' : end.slice(slash + 1)),
    package_filename: null,
    platform: null,
    scheme,
    token: null,
  };
}
