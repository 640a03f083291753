import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import type { HttpClient } from '../io/http.ts';
import { channelSubdirs } from '../model/channel-list.ts';
import { type Channel, subdirUrl } from '../model/channel.ts';
import type { ProgressEvent } from '../model/event.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { Repodata, SubdirRecords } from '../model/repodata.ts';
import { matchesPattern, parseStringPattern } from '../model/string-pattern.ts';
import { gatherRecords, type OpenSubdir } from './gather-records.ts';
import { openSubdirs } from './open-subdirs.ts';
import type { SubdirAnswer, SubdirOptions } from './subdir-source.ts';

/** Which records are wanted, of where. */
export interface RepodataQuery {
  /** Highest priority first, groups expanded. */
  readonly channels: readonly Channel[];
  /** In the order of the search: `['linux-64', 'noarch']`. */
  readonly subdirs: readonly string[];
  /** Names that are wanted, lower-case. */
  readonly names: Iterable<string>;
  /** Also every name that matches one of these: `py*`, `^lib.*$`. */
  readonly patterns?: readonly string[];
  /** Whether all that the wanted names can depend on is wanted, too; true by default. */
  readonly closure?: boolean;
  /** Names and patterns that someone typed. Where one is in no index and an index was not asked of its server just now, all are asked for once more. */
  readonly typed?: readonly string[];
  /** Records that can't matter are left out, and what only they need with them. */
  readonly isRelevant?: (record: RepoDataRecord) => boolean;
}

export interface LoadRepodataOptions {
  readonly http: HttpClient;
  /** Where indexes may be kept, `PKGS/cache`; the first that can be written is used. */
  readonly cacheDirs: readonly string[];
  readonly offline?: boolean;
  /** What is cached is used however old it is. */
  readonly useIndexCache?: boolean;
  /** Seconds that a cached index is good for; `true` or 1: what the server says; `false` or 0: ask always. */
  readonly localRepodataTtl?: number | boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly useZst?: boolean;
  readonly useShards?: boolean;
  /** Bytes that the index of one subdir may have, unpacked; 4 GiB by default. */
  readonly maxBytes?: number;
  /** Every python of version 2 and 3 depends on pip; true by default. */
  readonly addPipAsPythonDependency?: boolean;
  readonly useOnlyTarBz2?: boolean;
  /** A place without any index is searched in vain, with a warning, in place of an error. */
  readonly allowNonChannelUrls?: boolean;
  /** Indexes opened at the same time. */
  readonly threads?: number;
  /** Is told which indexes are there. */
  readonly report?: (event: ProgressEvent) => void;
  readonly signal?: AbortSignal;
}

/**
 * The records of the wanted names and, wave by wave, of everything they can lead to, in each subdir of each channel.
 * @throws {TcondaError} `CHANNEL_UNAVAILABLE`, `REPODATA_CORRUPT`, `HTTP_FAILED`
 */
export async function loadRepodata(asked: RepodataQuery, options: LoadRepodataOptions): Promise<Repodata> {
  // They are gone through more than once.
  const query = { ...asked, names: [...asked.names] };
  if (query.channels.length > 0) options.report?.({ kind: 'phase-started', phase: 'repodata' });
  let isOld = false;
  const report = (event: ProgressEvent): void => {
    if (event.kind === 'repodata-loaded' && event.fromCache) isOld = true;
    options.report?.(event);
  };
  const repodata = await loadOnce(query, { ...options, report });
  const mayAsk = isOld && options.offline !== true && options.useIndexCache !== true;
  if (!mayAsk || Number(options.localRepodataTtl ?? true) <= 0 || !lacksTyped(repodata, query)) {
    return repodata;
  }
  return await loadOnce(query, { ...options, localRepodataTtl: 0 });
}

/** Platforms that people use: only of these is it worth a request what they have. */
const USUAL_SUBDIRS = ['linux-64', 'linux-aarch64', 'osx-64', 'osx-arm64', 'win-64'];
/** Milliseconds and bytes that an answer which only helps may cost. */
const ELSEWHERE_LIMITS = { time: 2000, bytes: 1 << 26 };

/**
 * The platforms besides those of a query for which its channels have names that it found nowhere; by name. What can't be
 * read in short time is taken as having none of them.
 */
export async function findElsewhere(
  names: readonly string[],
  { channels, subdirs }: Pick<RepodataQuery, 'channels' | 'subdirs'>,
  options: LoadRepodataOptions,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const timeout = AbortSignal.timeout(ELSEWHERE_LIMITS.time);
  const limited = {
    ...options,
    report: () => undefined,
    maxBytes: ELSEWHERE_LIMITS.bytes,
    signal: options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]),
  };
  const namesIn = async (channel: Channel, subdir: string): Promise<readonly string[]> => {
    const { subdir: _own, onlySubdirs: _only, ...whole } = channel;
    try {
      const query = { channels: [whole], subdirs: [subdir], names, closure: false };
      const found = await loadOnce(query, limited);
      return found.subdirs
        .flatMap((each) => (each.kind === 'found' ? each.records : []))
        .map(({ name }) => name);
    } catch {
      return [];
    }
  };
  const places = USUAL_SUBDIRS.filter((subdir) => !subdirs.includes(subdir));
  const found = await Promise.all(
    places.map(async (subdir) => {
      const all = await Promise.all(channels.map((channel) => namesIn(channel, subdir)));
      return { subdir, names: new Set(all.flat()) };
    }),
  );
  const placesOf = (name: string): string[] =>
    found.flatMap((place) => (place.names.has(name) ? [place.subdir] : []));
  return new Map(names.map((name) => [name, placesOf(name)]));
}

/** Whether a typed name is in no index, or a typed pattern fits none. */
function lacksTyped({ subdirs }: Repodata, { typed = [] }: RepodataQuery): boolean {
  const found = new Set<string>();
  for (const subdir of subdirs) {
    if (subdir.kind === 'found') for (const { name } of subdir.records) found.add(name);
  }
  return typed.some((text) => {
    if (found.has(text) || text.startsWith('__')) return false;
    const pattern = parseStringPattern(text);
    return ![...found].some((name) => matchesPattern(pattern, name));
  });
}

async function loadOnce(query: RepodataQuery, options: LoadRepodataOptions): Promise<Repodata> {
  const targets = query.channels.flatMap((channel, priority) =>
    channelSubdirs(channel, query.subdirs).map((subdir) => ({
      channel,
      subdir,
      url: subdirUrl(channel, subdir),
      priority,
    })),
  );
  const cache = chooseCacheDir(options.cacheDirs);
  const needs = fillIn(options, cache.directory);
  let opened: readonly SubdirAnswer[] = [];
  try {
    opened = await openSubdirs(targets, options.threads ?? 8, needs);
    const found = targets.flatMap((target, index) => {
      const answer = opened[index];
      return answer?.kind === 'found'
        ? [{ target, source: answer.source, records: [] as RepoDataRecord[] }]
        : [];
    });
    await gatherRecords(found, query, options);
    const lacking = findLacking(query.names, found);
    return {
      subdirs: targets.map((target): SubdirRecords => {
        const place = {
          channel: target.channel.baseUrl,
          schannel: target.channel.canonicalName,
          subdir: target.subdir,
        };
        const one = found.find((entry) => entry.target === target);
        if (one === undefined) return { kind: 'missing', ...place };
        const { source } = one;
        const removed = lacking.length === 0 ? [] : source.removed(lacking);
        return {
          kind: 'found',
          ...place,
          priority: target.priority,
          records: one.records,
          names: () => source.names,
          ...(removed.length > 0 && { removed }),
        };
      }),
    };
  } finally {
    for (const answer of opened) if (answer.kind === 'found') answer.source.close();
    if (cache.isTemporary) rmSync(cache.directory, { recursive: true, force: true });
  }
}

/** Wanted names that no index has records of. */
function findLacking(names: Iterable<string>, subdirs: readonly OpenSubdir[]): readonly string[] {
  const found = new Set<string>();
  for (const { records } of subdirs) for (const { name } of records) found.add(name);
  return [...names].filter((name) => !found.has(name) && !name.startsWith('__'));
}

function fillIn(options: LoadRepodataOptions, cacheDir: string): SubdirOptions {
  return {
    http: options.http,
    cacheDir,
    offline: options.offline ?? false,
    useIndexCache: options.useIndexCache ?? false,
    localRepodataTtl: options.localRepodataTtl ?? true,
    now: options.now,
    useZst: options.useZst ?? true,
    useShards: options.useShards ?? true,
    maxBytes: options.maxBytes ?? 4 * 1024 ** 3,
    allowNonChannelUrls: options.allowNonChannelUrls ?? false,
    report: options.report ?? (() => undefined),
    ...(options.signal && { signal: options.signal }),
  };
}

/** Who may write nowhere gets a directory that lasts as long as the call. */
function chooseCacheDir(cacheDirs: readonly string[]): {
  readonly directory: string;
  readonly isTemporary: boolean;
} {
  for (const directory of cacheDirs) {
    try {
      mkdirSync(directory, { recursive: true });
      accessSync(directory, constants.W_OK);
      return { directory, isTemporary: false };
    } catch {
      continue;
    }
  }
  return { directory: mkdtempSync(path.join(tmpdir(), 'tconda-cache-')), isTemporary: true };
}
