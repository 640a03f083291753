import { accessSync, constants, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { HttpClient } from '../io/http.ts';
import { createLimit } from '../io/limit.ts';
import { channelSubdirs } from '../model/channel-list.ts';
import { type Channel, subdirUrl } from '../model/channel.ts';
import type { ProgressEvent } from '../model/event.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { Repodata, SubdirRecords } from '../model/repodata.ts';
import { matchesPattern, parseStringPattern } from '../model/string-pattern.ts';
import { findDependencyName } from './dependency-name.ts';
import { openMonolith } from './open-monolith.ts';
import { parseRecord, type RawRecord } from './parse-record.ts';
import { preferConda } from './prefer-conda.ts';
import type { SubdirAnswer, SubdirOptions, SubdirSource, SubdirTarget } from './subdir-source.ts';

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
  /** Names that someone typed. Where one is in no index and an index was not asked of its server just now, all are asked for once more. */
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
  /** Every python of version 2 and 3 depends on pip; true by default. */
  readonly addPipAsPythonDependency?: boolean;
  readonly useOnlyTarBz2?: boolean;
  /** A place without any index is searched in vain, with a warning, in place of an error. */
  readonly allowNonChannelUrls?: boolean;
  /** Indexes opened at the same time. */
  readonly threads?: number;
  readonly report?: (event: ProgressEvent) => void;
  readonly signal?: AbortSignal;
}

/**
 * The records of the wanted names and, wave by wave, of everything they can lead to, in each subdir of each channel.
 * @throws {TcondaError} `CHANNEL_UNAVAILABLE`, `REPODATA_CORRUPT`, `HTTP_FAILED`
 */
export async function loadRepodata(query: RepodataQuery, options: LoadRepodataOptions): Promise<Repodata> {
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

/** Whether a typed name is in no index. */
function lacksTyped({ subdirs }: Repodata, { typed = [] }: RepodataQuery): boolean {
  const found = new Set<string>();
  for (const subdir of subdirs) {
    if (subdir.kind === 'found') for (const { name } of subdir.records) found.add(name);
  }
  return typed.some((name) => !found.has(name) && !name.startsWith('__'));
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
  const limit = createLimit(options.threads ?? 8);
  let opened: readonly SubdirAnswer[] = [];
  try {
    opened = await settle(targets.map((target) => limit(() => openSubdir(target, needs))));
    checkChannels(targets, opened, { ...needs, allowsMissing: options.allowNonChannelUrls ?? false });
    const found = targets.flatMap((target, index) => {
      const answer = opened[index];
      return answer?.kind === 'found'
        ? [{ target, source: answer.source, records: [] as RepoDataRecord[] }]
        : [];
    });
    await gather(found, query, options);
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
        return {
          kind: 'found',
          ...place,
          priority: target.priority,
          records: one.records,
          names: () => source.names,
        };
      }),
    };
  } finally {
    for (const answer of opened) if (answer.kind === 'found') answer.source.close();
    if (cache.isTemporary) rmSync(cache.directory, { recursive: true, force: true });
  }
}

interface OpenSubdir {
  readonly target: SubdirTarget;
  readonly source: SubdirSource;
  readonly records: RepoDataRecord[];
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

async function openSubdir(target: SubdirTarget, options: SubdirOptions): Promise<SubdirAnswer> {
  const answer = await openEither(target, options);
  if (answer.kind === 'found') {
    options.report({
      kind: 'repodata-loaded',
      channel: target.channel.canonicalName,
      subdir: target.subdir,
      fromCache: answer.source.fromCache,
    });
  }
  return answer;
}

/** Pieces first; but a channel on this disk has its whole index at hand, so that nothing is gained by pieces of it. */
async function openEither(target: SubdirTarget, options: SubdirOptions): Promise<SubdirAnswer> {
  const isOnDisk = target.channel.scheme === 'file';
  const first = isOnDisk ? await openMonolith(target, options) : await openPieces(target, options);
  if (first.kind === 'found') return first;
  return isOnDisk ? openPieces(target, options) : openMonolith(target, options);
}

async function openPieces(target: SubdirTarget, options: SubdirOptions): Promise<SubdirAnswer> {
  if (!options.useShards) return { kind: 'missing', status: undefined };
  const { openShards } = await import('./open-shards.ts');
  return openShards(target, options);
}

/** All results; when one failed, the others are closed before its error is thrown. */
async function settle(openings: readonly Promise<SubdirAnswer>[]): Promise<readonly SubdirAnswer[]> {
  const results = await Promise.allSettled(openings);
  const answers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure === undefined) return answers;
  for (const answer of answers) if (answer.kind === 'found') answer.source.close();
  throw failure.reason;
}

/** A subdir may be missing; a channel without any of those asked for is none. */
function checkChannels(
  targets: readonly SubdirTarget[],
  answers: readonly SubdirAnswer[],
  options: SubdirOptions & { readonly allowsMissing: boolean },
): void {
  for (const channel of new Set(targets.map((target) => target.channel))) {
    const own = answers.filter((_, index) => targets[index]?.channel === channel);
    const statuses = own.flatMap((answer) => (answer.kind === 'missing' ? [answer.status] : []));
    if (own.length === 0 || statuses.length < own.length) continue;
    const status = statuses.find((value) => value !== undefined);
    if (status === undefined && options.offline) continue;
    const reason = status === 403 ? '403 Forbidden' : '404 Not Found';
    const text = `HTTP ${reason} for channel ${channel.canonicalName} <${channel.baseUrl}>`;
    if (options.allowsMissing && status !== 403) {
      options.report({ kind: 'warning', code: 'no-channel', text });
      continue;
    }
    throw new TcondaError('CHANNEL_UNAVAILABLE', text, {
      data: {
        channel_name: channel.canonicalName,
        channel_url: channel.baseUrl,
        status_code: status ?? 404,
      },
      ...(status === 403 && {
        hint: 'The channel may want a login: put a token (/t/<token>/) into its URL',
      }),
    });
  }
}

/** Wave by wave: what the records of one wave depend on are the names of the next. */
async function gather(
  subdirs: readonly OpenSubdir[],
  query: RepodataQuery,
  options: LoadRepodataOptions,
): Promise<void> {
  const seen = new Set<string>();
  let wave = [...query.names, ...matchingNames(subdirs, query.patterns ?? [])];
  while (wave.length > 0) {
    const fresh = [...new Set(wave)].filter((name) => !seen.has(name) && !name.startsWith('__'));
    for (const name of fresh) seen.add(name);
    wave = [];
    const loaded = await Promise.all(subdirs.map(({ source }) => source.load(fresh)));
    for (const [index, raw] of loaded.entries()) {
      const subdir = subdirs[index];
      if (subdir === undefined) continue;
      for (const record of parseRecords(raw, subdir, options)) {
        if (query.isRelevant?.(record) === false) continue;
        subdir.records.push(record);
        if (query.closure === false) continue;
        for (const spec of dependenciesOf(record)) {
          const name = findDependencyName(spec);
          if (name !== undefined && !seen.has(name)) wave.push(name);
        }
      }
    }
  }
}

/**
 * With those of optional groups (CEP 44), for whom anyone may ask. What a condition (CEP 43) is about is not among them:
 * unless something else leads to it, no answer holds it, and the condition is not met.
 */
function dependenciesOf({ depends, extra_depends: extras }: RepoDataRecord): readonly string[] {
  return extras === undefined ? depends : [...depends, ...Object.values(extras).flat()];
}

function matchingNames(subdirs: readonly OpenSubdir[], patterns: readonly string[]): readonly string[] {
  const parsed = patterns.map(parseStringPattern);
  if (parsed.length === 0) return [];
  return subdirs.flatMap(({ source }) =>
    source.names.filter((name) => parsed.some((pattern) => matchesPattern(pattern, name))),
  );
}

function parseRecords(
  raw: ReadonlyMap<string, RawRecord>,
  { target, source }: OpenSubdir,
  options: LoadRepodataOptions,
): readonly RepoDataRecord[] {
  const place = {
    channel: target.channel.baseUrl,
    schannel: target.channel.canonicalName,
    subdir: target.subdir,
    baseUrl: source.baseUrl,
  };
  const records: RepoDataRecord[] = [];
  const unusable: string[] = [];
  for (const [fn, fields] of raw) {
    const record = parseRecord(fn, fields, place);
    // Names of virtual packages are not a channel's to give.
    if (record === undefined || record.name.startsWith('__')) unusable.push(fn);
    else records.push(record);
  }
  if (unusable.length > 0) {
    options.report?.({
      kind: 'warning',
      code: 'unusable-record',
      text: `${target.url}: left out ${unusable.length} records that can't be used, among them ${JSON.stringify(unusable[0])}`,
    });
  }
  const preferred = preferConda(records, options.useOnlyTarBz2 ?? false);
  return options.addPipAsPythonDependency === false ? preferred : preferred.map(withPip);
}

function withPip(record: RepoDataRecord): RepoDataRecord {
  if (record.name !== 'python' || !/^[23]\./.test(record.version)) return record;
  return { ...record, depends: [...record.depends, 'pip'] };
}
