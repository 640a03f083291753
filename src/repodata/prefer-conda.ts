import type { RepoDataRecord } from '../model/package-record.ts';

const CONDA = '.conda';
const TAR_BZ2 = '.tar.bz2';

/**
 * Of an archive in both formats the `.conda` alone; it takes along digest and size of the other, so that an installed `.tar.bz2`
 * counts as the same package. With `onlyTarBz2` no `.conda` at all.
 */
export function preferConda(
  records: readonly RepoDataRecord[],
  onlyTarBz2: boolean,
): readonly RepoDataRecord[] {
  if (onlyTarBz2) return records.filter(({ fn }) => fn.endsWith(TAR_BZ2));
  const old = new Map<string, RepoDataRecord>();
  for (const record of records) {
    if (record.fn.endsWith(TAR_BZ2)) old.set(record.fn.slice(0, -TAR_BZ2.length), record);
  }
  if (old.size === 0) return records;
  const replaced = new Set<RepoDataRecord>();
  const merged = records.map((record) => {
    const twin = record.fn.endsWith(CONDA) ? old.get(record.fn.slice(0, -CONDA.length)) : undefined;
    if (twin === undefined) return record;
    replaced.add(twin);
    return {
      ...record,
      ...(record.legacy_bz2_md5 === undefined && twin.md5 !== undefined && { legacy_bz2_md5: twin.md5 }),
      ...(record.legacy_bz2_size === undefined && twin.size !== undefined && { legacy_bz2_size: twin.size }),
    };
  });
  return replaced.size === 0 ? records : merged.filter((record) => !replaced.has(record));
}
