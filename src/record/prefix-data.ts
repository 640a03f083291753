import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { PrefixData, PrefixRecord } from '../model/prefix-record.ts';
import { parseHistory, requestedSpecs } from './history.ts';
import { findBeforeImage } from './journal.ts';
import { parsePrefixRecord, type ParsePrefixRecordOptions } from './parse-prefix-record.ts';
import { readRecordEnds } from './record-ends.ts';

export interface LoadPrefixOptions {
  /** What people call the channel at a base URL; without it the names on conda.anaconda.org are known, and `defaults`. */
  readonly channelName?: (baseUrl: string) => string;
  /** Told of a file that is passed over: its name is not that of its record. */
  readonly warn?: (text: string) => void;
  /** Told of a record that can't be read, which is then left out; without it that is an error. */
  readonly onBroken?: (error: TcondaError) => void;
  /**
   * Leaves the lists of files where they are until they are looked at, which is much faster where nobody does. A look throws
   * `PREFIX_CHANGED` when another process has changed the record since.
   */
  readonly isBrief?: boolean;
}

/**
 * Everything that is known of the environment at `prefix`. An absent one has no records. Takes no lock and waits for nobody:
 * while a change is under way, or after one was cut off, it gives what was there before.
 * @throws {TcondaError} `PREFIX_CORRUPT`: a record can't be read
 */
// oxlint-disable-next-line typescript/require-await -- the disk is read in one go; callers need not know
export async function loadPrefix(prefix: string, options: LoadPrefixOptions = {}): Promise<PrefixData> {
  const meta = path.join(prefix, 'conda-meta');
  const before = findBeforeImage(prefix);
  const names = before?.recordNames ?? namesIn(meta);
  const parse = { channelName: options.channelName ?? nameChannel };
  const records: PrefixRecord[] = [];
  for (const name of names.toSorted()) {
    const record = readRecord(meta + path.sep + name, before?.locate(name), options, parse);
    if (record !== undefined && isNamed(record, name, meta, options)) records.push(record);
  }
  const fileOf = (name: string): string => before?.locate(name) ?? path.join(meta, name);
  const history = readText(fileOf('history'));
  const historyBefore = before === undefined ? history : cut(history, before.historySize);
  const exists = before?.isNew !== true && (historyBefore !== undefined || records.length > 0);
  const isForeign = !exists && before === undefined && holdsOther(prefix);
  let specs: ReadonlyMap<string, string> | undefined;
  return {
    prefix,
    exists,
    records,
    get history() {
      return (specs ??= installedSpecs(historyBefore ?? '', records));
    },
    pinned: pinnedLines(readText(fileOf('pinned')) ?? ''),
    ...(isForeign && { isForeign }),
  };
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

function isNamed(record: PrefixRecord, name: string, meta: string, { warn }: LoadPrefixOptions): boolean {
  if (`${record.name}-${record.version}-${record.build}.json` === name) return true;
  warn?.(`${path.join(meta, name)} is passed over: its content is that of ${record.name} ${record.version}`);
  return false;
}

/** @param aside where it was put by a change that is not done */
function readRecord(
  file: string,
  aside: string | undefined,
  options: LoadPrefixOptions,
  parse: ParsePrefixRecordOptions,
): PrefixRecord | undefined {
  try {
    const brief = options.isBrief === true ? readRecordEnds(aside ?? file, parse) : undefined;
    if (brief !== undefined) return brief;
    const bytes = (aside === undefined ? undefined : readBytes(aside)) ?? readBytes(file);
    if (bytes === undefined) return undefined;
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

function cut(text: string | undefined, size: number | undefined): string | undefined {
  if (text === undefined || size === undefined) return undefined;
  return Buffer.from(text).toString('utf8', 0, size);
}

function readText(file: string): string | undefined {
  try {
    // A failure to read takes longer to make than this look.
    if (statSync(file, { throwIfNoEntry: false }) === undefined) return undefined;
  } catch {
    // Reading says why.
  }
  return readBytes(file)?.toString('utf8');
}

function readBytes(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw unreadable(file, error);
  }
}

function listDirectory(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw unreadable(directory, error);
  }
}

function isAbsence(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function unreadable(file: string, error: unknown): TcondaError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
  return new TcondaError('PREFIX_CORRUPT', `${file} can't be read: ${code}`, { cause: error });
}
