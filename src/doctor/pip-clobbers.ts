import type { PrefixData, PrefixRecord } from '../model/prefix-record.ts';
import {
  findPythonDistributions,
  normalizeDistributionName,
  type PythonDistribution,
} from '../record/index.ts';

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
  return findClobbering(installed, subdir).map(({ record, distribution }) => ({
    conda: `${record.name} ${record.version}`,
    pip: `${distribution.displayName} ${distribution.version}`,
  }));
}

/** The same with the packages of conda, and the distributions that pip put in their place. */
export function findClobbering(
  installed: Pick<PrefixData, 'prefix' | 'records'>,
  subdir: string,
): readonly { readonly record: PrefixRecord; readonly distribution: PythonDistribution }[] {
  const byName = new Map(
    installed.records.map((record) => [normalizeDistributionName(record.name), record] as const),
  );
  return findPythonDistributions(installed, subdir).flatMap((distribution) => {
    const record = byName.get(distribution.name);
    return distribution.isConda || record === undefined ? [] : [{ record, distribution }];
  });
}
