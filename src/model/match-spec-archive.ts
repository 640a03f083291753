import { hasScheme } from './channel-url.ts';
import { parseChannel } from './channel.ts';
import type { Channel, ChannelSettings } from './channel.ts';
import { pathToUrl } from './file-url.ts';

/** What the path or URL of a package tells of it. */
export type ArchivePlace =
  /** Below a channel and a subdir, so that the file name can be trusted to say what is inside. */
  | {
      readonly kind: 'inChannel';
      readonly channel: Channel;
      readonly subdir: string;
      readonly name: string;
      readonly version: string;
      readonly build: string;
      readonly fn: string;
      readonly url: string;
    }
  | { readonly kind: 'loose'; readonly fn: string; readonly url: string };

/** Reads a text that ends in `.conda` or `.tar.bz2`; undefined when the file name is not `name-version-build`. */
export function readArchivePlace(text: string, settings: ChannelSettings): ArchivePlace | undefined {
  const url = hasScheme(text) || /^file:\//i.test(text) ? text : pathToUrl(text, settings);
  const channel = parseChannel(url, settings);
  const bare = withoutCredentials(url);
  const fn = channel.fileName ?? url.slice(url.lastIndexOf('/') + 1);
  if (channel.subdir === undefined) return { kind: 'loose', fn, url: bare };
  const match = /^(.+)-([^-]+)-([^-]+)(?:\.conda|\.tar\.bz2)$/.exec(fn);
  if (match === null) return undefined;
  const [, name = '', version = '', build = ''] = match;
  return { kind: 'inChannel', channel, subdir: channel.subdir, name, version, build, fn, url: bare };
}

/** The text with `user:password@` and, of what is on the network, `/t/TOKEN` taken out of the URLs in it. */
export function withoutCredentials(text: string): string {
  const anonymous = text.replaceAll(/(?<=:\/\/)[^/@\s]*@/g, '');
  return /https?:\/\//i.test(text) ? anonymous.replaceAll(/\/t\/[^/]*(?=\/)/g, '') : anonymous;
}
