import { accessSync, constants, lstatSync, renameSync, rmSync } from 'node:fs';

import { TcondaError } from '../errors.ts';
import { hashFile, type HashedFile, writeHashed } from '../io/hashed-file.ts';
import type { HttpClient } from '../io/http.ts';
import { stripUrl } from '../io/url-secrets.ts';
import type { RepoDataRecord } from '../model/package-record.ts';

export interface DownloadOptions {
  readonly http: HttpClient;
  /** Bytes that arrived; negative when they are thrown away again. */
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Downloads the archive of `record` to `archive` and gives back its size and digests. The file gets this name only when all bytes
 * are there and are the right ones. What a broken download left in `archive.tconda.partial` is gone on from. The caller holds the
 * lease on the archive.
 *
 * @throws {TcondaError} `CHECKSUM_MISMATCH`, `HTTP_FAILED`, `OFFLINE`
 */
export async function downloadArchive(
  record: RepoDataRecord,
  archive: string,
  options: DownloadOptions,
): Promise<HashedFile> {
  const partial = `${archive}.tconda.partial`;
  const begun = bytesToGoOnFrom(partial, record);
  // It may be another user's, who shares the cache but lets nobody write to his files.
  if (begun === 0) rmSync(partial, { force: true });
  let file = await receive(record, partial, begun, options);
  let mismatch = findMismatch(record, file);
  if (mismatch !== undefined && begun > 0) {
    // The beginning may have been that of another file.
    options.onBytes?.(-file.size);
    file = await receive(record, partial, 0, options);
    mismatch = findMismatch(record, file);
  }
  if (mismatch !== undefined) {
    rmSync(partial, { force: true });
    throw mismatch;
  }
  renameSync(partial, archive);
  return file;
}

/**
 * Compares size and the strongest digest there is. Old channels give MD5 only, or none.
 * @returns the error to throw: `CHECKSUM_MISMATCH`
 */
export function findMismatch(record: RepoDataRecord, file: HashedFile): TcondaError | undefined {
  const kind = record.sha256 === undefined ? 'md5' : 'sha256';
  const isWrong = record[kind] !== undefined && record[kind] !== file[kind];
  const isOtherSize = record.size !== undefined && record.size !== file.size;
  if (!isWrong && !isOtherSize) return undefined;
  const difference = isOtherSize
    ? formatSizes(file.size, record.size ?? 0)
    : `${kind} is ${file[kind]}, not ${record[kind]}`;
  return new TcondaError('CHECKSUM_MISMATCH', `${record.fn}: ${difference}`, {
    hint:
      isOtherSize || record.url.startsWith('file:')
        ? 'The archive is damaged, or the index of the channel is older than it'
        : 'The channel, or a proxy on the way, serves another file than its index says; run `tconda clean --index-cache` and try again',
    data: {
      url: stripUrl(record.url),
      ...(isOtherSize
        ? { expected_size: record.size, actual_size: file.size }
        : { checksum_type: kind, expected_checksum: record[kind], actual_checksum: file[kind] }),
    },
  });
}

/** What is too long is not read to its end. */
function formatSizes(actual: number, expected: number): string {
  return actual > expected ? `has more than ${expected} bytes` : `has ${actual} bytes, not ${expected}`;
}

/** Going on is safe only when the whole can be checked afterwards. */
function bytesToGoOnFrom(partial: string, record: RepoDataRecord): number {
  if (record.sha256 === undefined && record.md5 === undefined) return 0;
  const stats = lstatSync(partial, { throwIfNoEntry: false });
  // A link leads to somebody's own file, which is not to be written to.
  if (stats === undefined || !stats.isFile() || stats.nlink > 1 || !isWritable(partial)) return 0;
  const { size } = stats;
  return record.size !== undefined && size > record.size ? 0 : size;
}

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function receive(
  record: RepoDataRecord,
  partial: string,
  begun: number,
  { http, onBytes, signal }: DownloadOptions,
): Promise<HashedFile> {
  onBytes?.(begun);
  const hashes = { md5: record.sha256 === undefined };
  if (begun > 0 && begun === record.size) return hashFile(partial, hashes);
  const asked = { ...(signal && { signal }), ...(record.sha256 && { sha256: record.sha256 }) };
  if (begun > 0) {
    const rest = await http.request(record.url, { ...asked, range: { start: begun } });
    if (rest.status === 206 && startOf(rest.headers) === begun) {
      return writeHashed(partial, limited(rest.body, record, begun), {
        ...hashes,
        append: true,
        ...(onBytes && { onBytes }),
      });
    }
    rest.dismiss();
    onBytes?.(-begun);
  }
  const whole = await get(record, partial, () => http.get(record.url, asked));
  return writeHashed(partial, limited(whole.body, record, 0), { ...hashes, ...(onBytes && { onBytes }) });
}

/** What the server does not have, it will not have later: then nothing is kept of it. */
async function get<T>(record: RepoDataRecord, partial: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const status = error instanceof TcondaError ? error.data['status_code'] : undefined;
    if (typeof status === 'number' && status >= 400 && status < 500) rmSync(partial, { force: true });
    throw error;
  }
}

function startOf(headers: ReadonlyMap<string, string>): number | undefined {
  const start = /^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1];
  return start === undefined ? undefined : Number(start);
}

/** Stops a body that is longer than it may be before it fills the disk. */
async function* limited(
  body: AsyncIterable<Uint8Array>,
  record: RepoDataRecord,
  begun: number,
): AsyncGenerator<Uint8Array> {
  let total = begun;
  for await (const chunk of body) {
    total += chunk.length;
    // The bytes above say enough: the size will not match.
    if (record.size !== undefined && total > record.size) {
      yield chunk;
      return;
    }
    yield chunk;
  }
}
