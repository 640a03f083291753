import { lstatSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { type PrefixData, type PrefixRecord, prefixRecordPath } from '../model/prefix-record.ts';
import { type BeforeImage, findBeforeImage } from './before-image.ts';
import { parseHistory, requestedSpecs } from './history.ts';
import { isUnreadable } from './journal-file.ts';
import { parsePrefixRecord, type ParsePrefixRecordOptions } from './parse-prefix-record.ts';
import { listDirectory, readBytes, readText } from './prefix-files.ts';
import { readHistoryBytes } from './read-history.ts';
import { readRecordEnds } from './record-ends.ts';
import { withoutDoubles } from './without-doubles.ts';

export interface LoadPrefixOptions {
  /** What people call the channel at a base URL; without it the names on conda.anaconda.org are known, and `defaults`. */
  readonly channelName?: (baseUrl: string) => string;
  /** Told of a file that is passed over: its name is not that of its record, or there is another of its package. */
  readonly warn?: (text: string) => void;
  /** Told of a record or journal that can't be read, which is then left out; without it that is an error. */
  readonly onBroken?: (error: TcondaError) => void;
  /**
   * Leaves the lists of files where they are until they are looked at, which is much faster where nobody does. A look throws
   * `PREFIX_CHANGED` when another process has changed the record since.
   */
  readonly isBrief?: boolean;
}

export interface ReadPrefixOptions extends LoadPrefixOptions {
  /** Told when a record that was listed is not there. */
  readonly onLost: () => void;
}

/** One look at the environment at `prefix`, which another process may change meanwhile. @throws {TcondaError} `PREFIX_CORRUPT` */
export function readPrefix(prefix: string, options: ReadPrefixOptions): PrefixData {
  const meta = path.join(prefix, 'conda-meta');
  const before = readBefore(prefix, options);
  const names = before?.recordNames ?? namesIn(meta);
  const parse = { channelName: options.channelName ?? nameChannel };
  const read: PrefixRecord[] = [];
  for (const name of names.toSorted()) {
    const record = readRecord(meta + path.sep + name, before?.locate(name), options, parse);
    if (record !== undefined && isNamed(record, name, meta, options)) read.push(record);
  }
  const fileOf = (name: string): string => before?.locate(name) ?? path.join(meta, name);
  const bytes = readHistoryBytes(prefix, before);
  const records = withoutDoubles(
    read,
    () => bytes?.toString('utf8') ?? '',
    (record, kept) => {
      const why = `that of ${kept.name} ${kept.version} is the one that counts`;
      passOver(path.join(prefix, prefixRecordPath(record)), why, options);
    },
  );
  const exists = before?.isNew !== true && (bytes !== undefined || records.length > 0);
  const isForeign = !exists && before === undefined && holdsOther(prefix);
  let specs: ReadonlyMap<string, string> | undefined;
  return {
    prefix,
    exists,
    records,
    get history() {
      return (specs ??= installedSpecs(bytes?.toString('utf8') ?? '', records));
    },
    ...(bytes !== undefined && { historySize: bytes.length }),
    pinned: pinnedLines(readText(fileOf('pinned')) ?? ''),
    ...(isForeign && { isForeign }),
  };
}

function readBefore(prefix: string, { onBroken }: LoadPrefixOptions): BeforeImage | undefined {
  try {
    return findBeforeImage(prefix);
  } catch (error) {
    if (onBroken === undefined || !(error instanceof TcondaError) || !isUnreadable(error)) throw error;
    onBroken(error);
    return undefined;
  }
}

/** The names of the records in `conda-meta/`, sorted: enough to see whether another process changed the prefix. */
export function recordNames(prefix: string): string[] {
  return namesIn(path.join(prefix, 'conda-meta')).toSorted();
}

function namesIn(meta: string): string[] {
  return listDirectory(meta).filter((name) => RECORD.test(name));
}

/** At least two dashes; macOS leaves `._name` beside files on foreign disks. */
const RECORD = /^(?!\._)[^-].*-[^-]+-[^-]*\.json$/;

function isNamed(record: PrefixRecord, name: string, meta: string, options: LoadPrefixOptions): boolean {
  if (`${record.name}-${record.version}-${record.build}.json` === name) return true;
  passOver(path.join(meta, name), `its content is that of ${record.name} ${record.version}`, options);
  return false;
}

function passOver(file: string, why: string, { warn, onBroken }: LoadPrefixOptions): void {
  const text = `${file} is passed over: ${why}`;
  if (onBroken === undefined) warn?.(text);
  else onBroken(new TcondaError('PREFIX_CORRUPT', text, { data: { file, isPassedOver: true } }));
}

/** @param aside where it was put by a change that is not done */
function readRecord(
  file: string,
  aside: string | undefined,
  options: ReadPrefixOptions,
  parse: ParsePrefixRecordOptions,
): PrefixRecord | undefined {
  try {
    const brief = options.isBrief === true ? readRecordEnds(aside ?? file, parse) : undefined;
    if (brief !== undefined) return brief;
    const bytes = (aside === undefined ? undefined : readBytes(aside)) ?? readBytes(file);
    if (bytes === undefined) {
      options.onLost();
      return undefined;
    }
    const record = parsePrefixRecord(bytes, file, parse);
    // Whoever wants to know of what is broken wants to know of all of it.
    if (options.onBroken !== undefined) void record.files;
    return record;
  } catch (error) {
    if (options.onBroken === undefined || !(error instanceof TcondaError)) throw error;
    options.onBroken(error);
    return undefined;
  }
}

/** The specs of the history whose package is still there. */
function installedSpecs(history: string, records: readonly PrefixRecord[]): Map<string, string> {
  const names = new Set<string>(records.map((record) => record.name));
  const specs = requestedSpecs(parseHistory(history));
  return new Map([...specs].filter(([name]) => names.has(name)));
}

function pinnedLines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

const DEFAULT_CHANNEL = /^https?:\/\/repo\.(?:anaconda\.com|continuum\.io)\/pkgs\/(?:main|r|free|msys2|pro)$/;

function nameChannel(baseUrl: string): string {
  if (DEFAULT_CHANNEL.test(baseUrl)) return 'defaults';
  return baseUrl.replace(/^https?:\/\/conda\.anaconda\.org\//, '');
}

/** Whether there is a file, or a directory with anything in it but what a lock left. */
function holdsOther(prefix: string): boolean {
  const stats = lstatSync(prefix, { throwIfNoEntry: false });
  if (stats === undefined) return false;
  const entries = listDirectory(prefix);
  if (entries.length === 0) return !stats.isDirectory() && !stats.isSymbolicLink();
  if (entries.length > 1 || entries[0] !== 'conda-meta') return true;
  return listDirectory(path.join(prefix, 'conda-meta')).some((name) => !name.startsWith('.tconda'));
}
