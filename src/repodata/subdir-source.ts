import type { TcondaError } from '../errors.ts';
import type { Channel } from '../model/channel.ts';
import type { ProgressEvent } from '../model/event.ts';
import type { HttpClient } from '../io/http.ts';
import type { RawRecord } from './parse-record.ts';
import type { RefreshOptions } from './cached-file.ts';

/** One subdir of one channel, to be looked for. */
export interface SubdirTarget {
  readonly channel: Channel;
  readonly subdir: string;
  /** Without final slash and credentials. */
  readonly url: string;
  /** Position of the channel in the list. */
  readonly priority: number;
}

/** An index that answers for single names, whatever its form. */
export interface SubdirSource {
  /** Every name it has records of. */
  readonly names: readonly string[];
  /** Where the archives are, with final slash. */
  readonly baseUrl: string;
  /** `info.repodata_revisions` as it stands there (CEP 48). */
  readonly revisions: unknown;
  /** Where the index came from: nobody asked the server. */
  readonly fromCache: boolean;
  /** Records of these names, by file name. Names it does not have are left out. */
  load(names: readonly string[]): Promise<ReadonlyMap<string, RawRecord>>;
  /** File names of what the channel had of these names, and took away. As far as that is at hand after `load`. */
  removed(names: readonly string[]): readonly string[];
  close(): void;
}

/** The index of a subdir, or why there is none. */
export type SubdirAnswer = { readonly kind: 'found'; readonly source: SubdirSource } | MissingSubdir;

/** The server has no such index, or none that can be had now. */
export interface MissingSubdir {
  readonly kind: 'missing';
  /** What the server said; undefined when nobody was asked. */
  readonly status: number | undefined;
  /** What is wrong with this form of the index. Where there is no other form, it is the subdir's: it isn't empty. */
  readonly error?: TcondaError;
}

/** What opening an index needs of the outside. */
export interface SubdirOptions {
  readonly http: HttpClient;
  /** Where indexes are kept; a directory that can be written. Undefined: nowhere. */
  readonly cacheDir: string;
  readonly offline: boolean;
  readonly useIndexCache: boolean;
  readonly localRepodataTtl: number | boolean;
  readonly now: () => number;
  readonly useZst: boolean;
  readonly useShards: boolean;
  /** Bytes that an index may have, unpacked. */
  readonly maxBytes: number;
  /** Whether a channel without any index is a warning in place of an error. */
  readonly allowNonChannelUrls: boolean;
  readonly report: (event: ProgressEvent) => void;
  readonly signal?: AbortSignal;
}

/** What identifies the index of a subdir: conda's key, for what everybody may read; with a login, one that is ours alone. */
export function cacheKey({ channel, url }: SubdirTarget): string {
  const { token, basic } = channel.credentials ?? {};
  if (token === undefined && basic === undefined) return url;
  return `${url}\0${token?.reveal() ?? ''}\0${basic?.user ?? ''}\0${basic?.password.reveal() ?? ''}`;
}

/** How old a cached index may be. What is on a disk here is asked for always, and can be had offline. */
export function freshness(
  { channel }: SubdirTarget,
  { localRepodataTtl, now, useIndexCache, offline, signal }: SubdirOptions,
): Pick<RefreshOptions, 'ttl' | 'now' | 'preferCache' | 'offline' | 'signal'> {
  const isOnDisk = channel.scheme === 'file';
  return {
    ttl: isOnDisk ? 0 : localRepodataTtl,
    now,
    preferCache: useIndexCache && !isOnDisk,
    offline: offline && !isOnDisk,
    ...(signal && { signal }),
  };
}
