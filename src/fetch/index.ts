import { TcondaError } from '../errors.ts';
import type { HttpClient } from '../io/http.ts';
import type { Report } from '../model/event.ts';
import type { CachedArchive } from '../model/package-files.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import { fetchPackage } from './fetch-package.ts';
import { findArchive, findExtracted } from './package-cache.ts';
import { sweepCaches } from './sweep-cache.ts';

export {
  type CacheCleanables,
  type Cleanable,
  findIndexCaches,
  findLogFiles,
  findPackageCaches,
  findStaleExtractions,
  findTemporaryFiles,
  findUnusedPackages,
  findUnusedTarballs,
  sizeOfCaches,
} from './find-cleanable.ts';
export { discardDamaged } from './discard-damaged.ts';
export { removeCleanables, type RemovedCleanables } from './remove-cleanable.ts';

export interface FetchPackagesOptions {
  /** Package caches; all are read, the first that can be written is written. */
  readonly pkgsDirs: readonly string[];
  readonly http: HttpClient;
  /** Downloads at the same time; 5 as conda. */
  readonly fetchThreads?: number;
  /** What is not in a cache or on this disk is `OFFLINE`, said of all at once before anything is done. */
  readonly offline?: boolean;
  readonly report?: Report;
  readonly signal?: AbortSignal;
}

/**
 * The archives of `records` as they become available: those in the caches first, then downloads, the largest first. Each is verified.
 * The first failure ends the others and is thrown; what was downloaded in part is gone on from the next time.
 *
 * @throws {TcondaError} `CHECKSUM_MISMATCH`, `HTTP_FAILED`, `OFFLINE`, `NO_WRITABLE_PKGS_DIR`
 */
export async function* fetchPackages(
  records: readonly RepoDataRecord[],
  options: FetchPackagesOptions,
): AsyncGenerator<CachedArchive> {
  const { pkgsDirs, http, fetchThreads = 5, report = () => undefined } = options;
  if (options.offline === true) await checkAllThere(records, pkgsDirs);
  const failure = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failure.signal]) : failure.signal;
  const queue = inOrder(records, pkgsDirs);
  const ready: CachedArchive[] = [];
  let wake: (() => void) | undefined;
  let error: { readonly value: unknown } | undefined;
  const work = async (): Promise<void> => {
    for (let record = queue.shift(); record !== undefined && error === undefined; record = queue.shift()) {
      try {
        ready.push(await fetchPackage(record, { pkgsDirs, http, report, signal }));
      } catch (caught) {
        error ??= { value: caught };
        failure.abort(caught);
      }
      wake?.();
    }
  };
  let working = Math.min(Math.max(1, fetchThreads), queue.length);
  const workers = Promise.all(
    Array.from({ length: working }, async () => {
      await work();
      working -= 1;
      wake?.();
    }),
  );
  try {
    while (working > 0 || ready.length > 0) {
      if (error !== undefined) break;
      const next = ready.shift();
      if (next !== undefined) yield next;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    // Nobody reads on, or one has failed: the others stop where they are, and have stopped when we are gone.
    if (working > 0) failure.abort();
    await workers;
    await sweepCaches(pkgsDirs);
  }
  if (error !== undefined) throw error.value;
}

/** What lies open in a cache costs nothing and comes first. Then the largest: it takes longest to extract. */
function inOrder(records: readonly RepoDataRecord[], pkgsDirs: readonly string[]): RepoDataRecord[] {
  const cost = new Map(
    records.map((record) => [record, findExtracted(pkgsDirs, record) ? Infinity : (record.size ?? 0)]),
  );
  return records.toSorted((a, b) => (cost.get(b) ?? 0) - (cost.get(a) ?? 0) || (a.fn < b.fn ? -1 : 1));
}

async function checkAllThere(records: readonly RepoDataRecord[], pkgsDirs: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const record of records) {
    if (record.url.startsWith('file:')) continue;
    if (findExtracted(pkgsDirs, record) === undefined && !(await findArchive(pkgsDirs, record))) {
      missing.push(record.fn);
    }
  }
  if (missing.length === 0) return;
  const few = missing.slice(0, 5).join(', ') + (missing.length > 5 ? ', …' : '');
  throw new TcondaError('OFFLINE', `Offline, and not in the package cache: ${few}`, {
    data: { packages: missing },
  });
}
