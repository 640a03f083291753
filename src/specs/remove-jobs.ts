import { matchesRecord } from '../model/match-spec.ts';
import type { Job } from '../model/request.ts';
import type { JobInput } from './gather-jobs.ts';
import { sortJobs } from './sort-jobs.ts';

/** The jobs of `remove`: what was asked for once stays, and what is named goes. */
export function gatherRemoveJobs({ input, requested, installed, parse }: JobInput): readonly Job[] {
  const aggressive = new Set((input.aggressiveUpdatePackages ?? []).map((text) => parse(text).name));
  const leaving = installed.records.filter((record) => requested.some((spec) => matchesRecord(spec, record)));
  const kept = installed.records.filter(
    (record) =>
      (installed.history.has(record.name) || aggressive.has(record.name)) && !leaving.includes(record),
  );
  return sortJobs([
    ...requested.map((spec): Job => ({ kind: 'remove', spec })),
    ...kept.map(({ name }): Job => ({ kind: 'keep', name })),
  ]);
}
