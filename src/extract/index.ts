import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { ArchiveLimits, ContentChecks } from '../archive/index.ts';
import { TcondaError } from '../errors.ts';
import { withLease } from '../io/lease-file.ts';
import { createLimit } from '../io/limit.ts';
import { closed, createWorkerPool, findWorkerScript, type WorkerPool } from '../io/worker-pool.ts';
import type { Report } from '../model/event.ts';
import type { CachedArchive, ExtractedPackage } from '../model/package-files.ts';
import {
  extractPackage,
  type ExtractReport,
  type ExtractTask,
  isExtracted,
  RECORD_FILE,
  removeTree,
} from './extract-package.ts';
import { completeRecord } from './repodata-record.ts';

export interface ExtractPackagesOptions {
  /** Threads at most: one per core. */
  readonly cores: number;
  readonly report: Report;
  /** What a package may at most be; what is left out is as it is by default. */
  readonly limits?: Partial<ArchiveLimits>;
  /** What happens to a package whose files are not those of its `info/paths.json`: see {@link ContentChecks}. */
  readonly safetyChecks?: ContentChecks['safetyChecks'];
  readonly extraSafetyChecks?: boolean;
  /** Stops the extraction. */
  readonly signal?: AbortSignal;
}

/**
 * Extracts archives into the package cache as they arrive, in threads; those that lie open already pass through.
 * Gives the packages in the order of the archives, once all are there; their records are complete, also of archives that only
 * a URL was known of.
 *
 * Of all processes that want a package at once, one extracts it and the others wait.
 *
 * The first failure, or the signal, stops it: no more archives are taken, and no package that isn't complete has its name in the cache.
 * @throws {TcondaError} `INVALID_ARCHIVE`, `UNSAFE_ARCHIVE`, `INVALID_PACKAGE_INFO`, `PACKAGE_DAMAGED`, `NO_SPACE`, `NO_WRITABLE_PKGS_DIR`;
 *   what `archives` throws; the signal's reason
 */
export async function extractPackages(
  archives: AsyncIterable<CachedArchive>,
  options: ExtractPackagesOptions,
): Promise<readonly ExtractedPackage[]> {
  const pool = createPool(options.cores);
  const packages: ExtractedPackage[] = [];
  const running: Promise<void>[] = [];
  const shelters = new Set<string>();
  const ended = new AbortController();
  const { stopped, stop } = createStop(options.signal, ended.signal);
  const iterator = archives[Symbol.asyncIterator]();
  // What doesn't come at once is being downloaded, and will have to be extracted.
  const preparation = setTimeout(() => pool.prepare(), SOON);
  try {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- archives come one after the other
      const next = await Promise.race([iterator.next(), stopped]);
      if (next.done === true) break;
      const { record, archive, directory, isExtracted } = next.value;
      packages.push({ record, archive, directory });
      if (isExtracted) {
        options.report({ kind: 'extracted', record, fromCache: true });
        continue;
      }
      running.push(extractOnce(next.value, { pool, options, signal: ended.signal, shelters }).catch(stop));
    }
    await Promise.race([Promise.all(running), stopped]);
    return packages.map((one) => (one.record.isUnread === true ? complete(one) : one));
  } catch (error) {
    // The downloads that are still under way are nobody's any more.
    void iterator.return?.().catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(preparation);
    ended.abort();
    await pool.close();
    // What threads were writing when they were ended.
    for (const shelter of shelters) removeTree(shelter);
    await Promise.all(running);
  }
}

interface Surroundings {
  readonly pool: WorkerPool<ExtractTask, ExtractReport>;
  readonly options: ExtractPackagesOptions;
  /** No more waiting for other processes. */
  readonly signal: AbortSignal;
  /** Directories that an extraction is under way in. */
  readonly shelters: Set<string>;
}

/** Extracts one archive, unless another process has done that by now. */
async function extractOnce(
  cached: CachedArchive,
  { pool, options, signal, shelters }: Surroundings,
): Promise<void> {
  const { record, directory } = cached;
  const { report } = options;
  mkdirSync(path.dirname(directory), { recursive: true });
  const lease = path.join(path.dirname(directory), `.${path.basename(directory)}.tconda-lock`);
  const onWait = ({ pid }: { readonly pid: number }): void =>
    report({ kind: 'message', text: `Process ${pid} is extracting ${record.fn}; waiting for it` });
  await withLease(lease, { subject: record.fn, onWait, patience: PATIENCE, signal }, async () => {
    if (isExtracted(directory, record)) {
      report({ kind: 'extracted', record, fromCache: true });
      return;
    }
    const task = taskOf(cached, options);
    shelters.add(task.shelter);
    const { warnings } = await pool.run(task);
    shelters.delete(task.shelter);
    for (const text of warnings) report({ kind: 'warning', code: 'PACKAGE_DAMAGED', text });
    report({ kind: 'extracted', record, fromCache: false });
  });
}

/** Milliseconds that it takes at most to find archives that lie in the cache. */
const SOON = 20;

/** Milliseconds that others may take before it is worth a word. */
const PATIENCE = 2000;

function complete(one: ExtractedPackage): ExtractedPackage {
  const text = readFileSync(path.join(one.directory, 'info', RECORD_FILE), 'utf8');
  return { ...one, record: completeRecord(one.record, text) };
}

function taskOf(
  cached: CachedArchive,
  { limits, safetyChecks = 'warn', extraSafetyChecks = false }: ExtractPackagesOptions,
): ExtractTask {
  const { archive, directory, record } = cached;
  if (archive === undefined) throw new TcondaError('INVALID_ARCHIVE', `${record.fn}: its archive is gone`);
  const shelter = `${directory}.${randomBytes(6).toString('hex')}.extract`;
  const checks = { safetyChecks, digests: extraSafetyChecks };
  return { archive, directory, shelter, record, checks, ...(limits && { limits }) };
}

/** A promise that is rejected by the first failure or by the signal, which is no longer listened to when all has `ended`. */
function createStop(
  signal: AbortSignal | undefined,
  ended: AbortSignal,
): {
  readonly stopped: Promise<never>;
  readonly stop: (error: unknown) => void;
} {
  let stop: (error: unknown) => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = reject;
    if (signal?.aborted === true) reject(signal.reason as Error);
    signal?.addEventListener('abort', () => reject(signal.reason as Error), {
      once: true,
      signal: ended,
    });
  });
  // It is raced against, and may be rejected when nobody waits any more.
  stopped.catch(() => undefined);
  return { stopped, stop };
}

/** Threads run from the build. Where there is none, as in a test of the sources, the same is done here, one after the other. */
function createPool(cores: number): WorkerPool<ExtractTask, ExtractReport> {
  const file = findWorkerScript('extract-worker');
  if (file !== undefined) return createWorkerPool(file, Math.max(1, cores));
  const limit = createLimit(1);
  let isClosed = false;
  return {
    prepare: () => undefined,
    hasRoom: true,
    run: (task) => limit(() => (isClosed ? Promise.reject(closed()) : extractPackage(task))),
    async close() {
      isClosed = true;
      // Waits for the one under way.
      await limit(() => Promise.resolve());
    },
  };
}
