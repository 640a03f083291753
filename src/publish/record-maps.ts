import type { IndexedPackage } from './index-subdir.ts';

/** Records by the maps that repodata and shards keep them in. */
export function groupRecords(packages: readonly IndexedPackage[]): Readonly<Record<string, unknown>> {
  const tarBz2 = new Map<string, unknown>();
  const conda = new Map<string, unknown>();
  const v3 = { conda: new Map<string, unknown>(), 'tar.bz2': new Map<string, unknown>() };
  for (const { fn, record } of packages) {
    const extension = fn.endsWith('.conda') ? 'conda' : 'tar.bz2';
    if (isV3(record)) v3[extension].set(fn.slice(0, -extension.length - 1), record);
    else (extension === 'conda' ? conda : tarBz2).set(fn, record);
  }
  const hasV3 = v3.conda.size + v3['tar.bz2'].size > 0;
  return { packages: tarBz2, 'packages.conda': conda, ...(hasV3 ? { v3 } : {}) };
}

/** Records of schema 3 stand apart, where older clients don't look (CEP 48). */
function isV3(record: IndexedPackage['record']): boolean {
  return Number(record['schema_version'] ?? 1) >= 3;
}

/** What `info` says of records that stand apart, so that a client without v3 knows what it misses (CEP 48). */
export function describeRevisions(packages: readonly IndexedPackage[]): Readonly<Record<string, unknown>> {
  const apart = packages.filter(({ record }) => isV3(record));
  if (apart.length === 0) return {};
  const times = apart
    .map(({ record }) => Number(record['indexed_timestamp'] ?? record['timestamp'] ?? 0))
    .filter((time) => time > 0);
  return {
    repodata_revisions: {
      v3: {
        n_packages: apart.length,
        ...(times.length === 0 ? {} : { newest: Math.max(...times), oldest: Math.min(...times) }),
      },
    },
  };
}

/** The packages of each name. */
export function groupByName(
  packages: readonly IndexedPackage[],
): ReadonlyMap<string, readonly IndexedPackage[]> {
  const groups = new Map<string, IndexedPackage[]>();
  for (const found of packages) {
    const group = groups.get(found.record.name);
    if (group === undefined) groups.set(found.record.name, [found]);
    else group.push(found);
  }
  return groups;
}
