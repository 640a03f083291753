import type { PrefixData } from '../model/prefix-record.ts';
import { findPythonDistributions, normalizeDistributionName } from '../record/index.ts';

/** A package that pip installed over one of conda's, or beside it. */
export interface PipClobber {
  /** `numpy 1.26.4` as conda has it. */
  readonly conda: string;
  /** The same as pip has it. */
  readonly pip: string;
}

/** Python packages that conda and pip both believe to be theirs: one of them is wrong, and updates break. */
export function findPipClobbers(
  installed: Pick<PrefixData, 'prefix' | 'records'>,
  subdir: string,
): readonly PipClobber[] {
  const byName = new Map(
    installed.records.map((record) => [normalizeDistributionName(record.name), record] as const),
  );
  return findPythonDistributions(installed, subdir).flatMap((distribution) => {
    const record = byName.get(distribution.name);
    if (distribution.isConda || record === undefined) return [];
    return [
      {
        conda: `${record.name} ${record.version}`,
        pip: `${distribution.displayName} ${distribution.version}`,
      },
    ];
  });
}
