import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { TcondaError } from '../errors.ts';
import { hashFile, type HashedFile } from '../io/hashed-file.ts';
import type { HttpClient } from '../io/http.ts';
import { withLease } from '../io/lease-file.ts';
import type { ProgressEvent } from '../model/event.ts';
import type { CachedArchive } from '../model/package-files.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import { downloadArchive, findMismatch } from './download-archive.ts';
import {
  type CacheHit,
  findArchive,
  findExtracted,
  findWritableCache,
  freeSlot,
  recordUrl,
} from './package-cache.ts';

export interface FetchPackageOptions {
  readonly pkgsDirs: readonly string[];
  readonly http: HttpClient;
  readonly report: (event: ProgressEvent) => void;
  readonly signal?: AbortSignal;
}

/**
 * Sees to it that the archive of `record` is at hand, verified: in a cache, or on this machine's disk where the channel is there.
 * Of all processes that want it at once, one downloads it and the others wait.
 *
 * @throws {TcondaError} `CHECKSUM_MISMATCH`, `HTTP_FAILED`, `OFFLINE`, `NO_WRITABLE_PKGS_DIR`
 */
export async function fetchPackage(
  record: RepoDataRecord,
  options: FetchPackageOptions,
): Promise<CachedArchive> {
  const { pkgsDirs, report } = options;
  const found = findExtracted(pkgsDirs, record) ?? (await findArchive(pkgsDirs, record));
  if (found !== undefined) return cached(record, found, options);
  const pkgsDir = await findWritableCache(pkgsDirs);
  if (record.url.startsWith('file:')) return fromDisk(record, pkgsDir, options);
  const slot = freeSlot(pkgsDir, record);
  mkdirSync(path.dirname(slot.archive), { recursive: true });
  const lease = {
    subject: record.fn,
    patience: PATIENCE,
    onWait: ({ pid }: { readonly pid: number }) =>
      report({ kind: 'message', text: `Process ${pid} is fetching ${record.fn}; waiting for it` }),
    ...(options.signal && { signal: options.signal }),
  };
  return withLease(leaseFile(slot.archive), lease, async () => {
    const now = findExtracted(pkgsDirs, record) ?? (await findArchive(pkgsDirs, record));
    if (now !== undefined) return cached(record, now, options);
    const file = await downloadArchive(record, slot.archive, {
      http: options.http,
      onBytes: (bytes) => report({ kind: 'download-progress', record, bytes }),
      ...(options.signal && { signal: options.signal }),
    });
    await recordUrl(pkgsDir, record.url);
    report({ kind: 'fetched', record, fromCache: false });
    return {
      record: withDigests(record, file),
      archive: slot.archive,
      directory: slot.directory,
      isExtracted: false,
    };
  });
}

/** Milliseconds that others may take before it is worth a word. */
const PATIENCE = 2000;

/** Beside the archive, hidden from who lists packages. */
function leaseFile(archive: string): string {
  return path.join(path.dirname(archive), `.${path.basename(archive)}.tconda-lock`);
}

async function cached(
  record: RepoDataRecord,
  found: CacheHit,
  { pkgsDirs, report }: FetchPackageOptions,
): Promise<CachedArchive> {
  report({ kind: 'fetched', record, fromCache: true });
  if (found.kind === 'extracted') {
    return { record, archive: found.archive, directory: found.slot.directory, isExtracted: true };
  }
  // An archive in a cache that can't be written is read there, and opened in one that can.
  const pkgsDir = await findWritableCache(pkgsDirs);
  const isThere = found.slot.archive.startsWith(pkgsDir + path.sep);
  const { directory } = isThere ? found.slot : freeSlot(pkgsDir, record);
  return { record, archive: found.slot.archive, directory, isExtracted: false };
}

/** A channel on this disk needs no copy in the cache; but its archives are checked like all others. */
async function fromDisk(
  record: RepoDataRecord,
  pkgsDir: string,
  { report }: FetchPackageOptions,
): Promise<CachedArchive> {
  const archive = fileURLToPath(new URL(record.url));
  let file;
  try {
    file = await hashFile(archive, { md5: record.sha256 === undefined });
  } catch (cause) {
    throw new TcondaError('HTTP_FAILED', `The archive is not there or can't be read: ${archive}`, {
      hint: 'The index of the channel may be older than its files',
      cause,
      data: { url: record.url },
    });
  }
  const mismatch = findMismatch(record, file);
  if (mismatch !== undefined) throw mismatch;
  report({ kind: 'download-progress', record, bytes: file.size });
  report({ kind: 'fetched', record, fromCache: false });
  const slot = freeSlot(pkgsDir, record);
  mkdirSync(path.dirname(slot.directory), { recursive: true });
  return { record: withDigests(record, file), archive, directory: slot.directory, isExtracted: false };
}

/** A record without digests learns those of what came, so that from here on they can be checked. */
function withDigests(record: RepoDataRecord, file: HashedFile): RepoDataRecord {
  if (record.sha256 !== undefined) return record;
  const md5 = record.md5 ?? file.md5;
  return { ...record, sha256: file.sha256, ...(md5 && { md5 }), size: record.size ?? file.size };
}
