import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import { writeFileAtomic } from '../io/atomic-file.ts';
import { type HashedFile, hashFile, writeHashed } from '../io/hashed-file.ts';
import type { HttpClient } from '../io/http.ts';
import { splitUrlPath } from './served-file.ts';

/** What the index says of an archive. */
export interface ExpectedFile {
  readonly sha256?: string | undefined;
  readonly md5?: string | undefined;
  readonly size?: number | undefined;
}

export interface ReadThroughOptions {
  /** The remote channel, or the place of channels, that paths are appended to; without final slash. */
  readonly url: string;
  readonly http: HttpClient;
  /** What the remote index says of the archive at this path below `url`; undefined when it does not list it. */
  readonly findExpected: (parts: readonly string[]) => Promise<ExpectedFile | undefined>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Seconds after which the remote is asked whether an index has changed; default 60. */
  readonly ttl?: number;
  /** Told of answers that could not be used. */
  readonly warn?: (text: string) => void;
}

/** Copies of a remote channel, fetched when they are asked for. */
export interface ReadThrough {
  /** Brings the file at this path into the directory, right and new enough. @returns the status to answer with; 200: it lies there */
  provide(urlPath: string): Promise<number>;
}

/**
 * Keeps copies of what a remote channel has. Archives and shards are checked by their digests before anybody gets them, and fetched
 * once; indexes are asked for again when they are old, and the copy serves while the remote is down. Many requests for one file are one.
 *
 * @param root the directory of copies, absolute, links resolved
 */
export function createReadThrough(root: string, options: ReadThroughOptions): ReadThrough {
  const shared: Shared = { ...options, checked: new Map() };
  const running = new Map<string, Promise<number>>();
  return {
    provide(urlPath) {
      const known = running.get(urlPath);
      if (known !== undefined) return known;
      const parts = splitUrlPath(urlPath);
      if (parts === undefined) return Promise.resolve(404);
      const providing = provide(root, parts, shared).finally(() => running.delete(urlPath));
      running.set(urlPath, providing);
      return providing;
    },
  };
}

interface Shared extends ReadThroughOptions {
  /** What was seen of each file when its digest was right. */
  readonly checked: Map<string, string>;
}

async function provide(root: string, parts: readonly string[], options: Shared): Promise<number> {
  const file = path.join(root, ...parts);
  const name = parts.at(-1) ?? '';
  try {
    const shard = /^([0-9a-f]{64})\.msgpack\.zst$/.exec(name)?.[1];
    if (shard !== undefined) return await provideFixed(file, parts, { sha256: shard }, options);
    if (/\.(?:conda|tar\.bz2)$/.test(name)) return await provideArchive(file, parts, options);
    return await provideIndex(file, parts, options);
  } catch (error) {
    options.warn?.(`${parts.join('/')}: ${error instanceof Error ? error.message : String(error)}`);
    return 502;
  }
}

async function provideArchive(file: string, parts: readonly string[], options: Shared): Promise<number> {
  const expected = await options.findExpected(parts).catch(() => undefined);
  return provideFixed(file, parts, expected ?? {}, options);
}

/** A file that is the same for ever. */
async function provideFixed(
  file: string,
  parts: readonly string[],
  expected: ExpectedFile,
  { url, http, warn, checked }: Shared,
): Promise<number> {
  if (await isThere(file, expected, checked)) return 200;
  const response = await http.request(urlOf(url, parts));
  if (response.status !== 200) {
    response.dismiss();
    return response.status;
  }
  const beside = hiddenName(file);
  mkdirSync(path.dirname(file), { recursive: true });
  try {
    const received = await writeHashed(beside, response.body);
    if (!matches(received, expected)) {
      warn?.(`${parts.join('/')}: the remote channel serves another file than its index says`);
      return 502;
    }
    renameSync(beside, file);
    return 200;
  } finally {
    rmSync(beside, { force: true });
  }
}

/** A copy may be from before the index listed it, or somebody's own: it is checked once in the life of the server. */
async function isThere(file: string, expected: ExpectedFile, checked: Map<string, string>): Promise<boolean> {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats?.isFile() !== true) return false;
  if (expected.sha256 === undefined && expected.md5 === undefined) {
    return expected.size === undefined || expected.size === stats.size;
  }
  const stamp = [stats.mtimeMs, stats.size, expected.sha256, expected.md5].join(' ');
  if (checked.get(file) === stamp) return true;
  if (!matches(await hashFile(file), expected)) return false;
  checked.set(file, stamp);
  return true;
}

function matches(file: HashedFile, expected: ExpectedFile): boolean {
  if (expected.size !== undefined && expected.size !== file.size) return false;
  if (expected.sha256 !== undefined) return expected.sha256 === file.sha256;
  return expected.md5 === undefined || expected.md5 === file.md5;
}

/** What is known of a copy of an index, in a hidden file beside it. */
interface CopyState {
  readonly etag?: string;
  readonly modified?: string;
  /** Milliseconds since 1970, when the remote last said that it is right. */
  readonly checked: number;
  readonly size: number;
}

async function provideIndex(
  file: string,
  parts: readonly string[],
  { url, http, now, ttl = 60, warn }: ReadThroughOptions,
): Promise<number> {
  const stateFile = path.join(path.dirname(file), `.${path.basename(file)}.tconda-copy`);
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  const noted = await loadState(stateFile);
  const state = noted !== undefined && noted.size === size ? noted : undefined;
  if (state !== undefined && now() - state.checked <= ttl * 1000) return 200;
  let response;
  try {
    response = await http.request(urlOf(url, parts), {
      headers: {
        ...(state?.etag !== undefined && { 'if-none-match': state.etag }),
        ...(state?.etag === undefined && state?.modified && { 'if-modified-since': state.modified }),
      },
      ...(size !== undefined && { maxRetries: 1 }),
    });
  } catch (error) {
    if (size === undefined) throw error;
    warn?.(`${parts.join('/')}: serving the copy, which may be old: ${(error as Error).message}`);
    return 200;
  }
  if (response.status === 304 && state !== undefined) {
    response.dismiss();
    await saveState(stateFile, { ...state, checked: now() });
    return 200;
  }
  if (response.status !== 200) {
    response.dismiss();
    // The remote has a problem; what it said before is better than nothing. What it has taken away is gone.
    if (response.status >= 500 && size !== undefined) return 200;
    await Promise.all([rm(file, { force: true }), rm(stateFile, { force: true })]);
    return response.status;
  }
  const beside = hiddenName(file);
  mkdirSync(path.dirname(file), { recursive: true });
  try {
    const received = await writeHashed(beside, response.body);
    const modified = response.headers.get('last-modified');
    const etag = response.headers.get('etag');
    const time = new Date(modified ?? now());
    if (!Number.isNaN(time.getTime())) utimesSync(beside, time, time);
    renameSync(beside, file);
    await saveState(stateFile, {
      checked: now(),
      size: received.size,
      ...(etag !== undefined && { etag }),
      ...(modified !== undefined && { modified }),
    });
    return 200;
  } finally {
    rmSync(beside, { force: true });
  }
}

async function loadState(file: string): Promise<CopyState | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as CopyState;
  } catch {
    return undefined;
  }
}

async function saveState(file: string, state: CopyState): Promise<void> {
  await writeFileAtomic(file, JSON.stringify(state));
}

function hiddenName(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
}

function urlOf(base: string, parts: readonly string[]): string {
  return `${base}/${parts.map(encodeURIComponent).join('/')}`;
}
