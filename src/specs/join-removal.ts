import { findMatchSpec, parseMatchSpec } from '../model/match-spec-text.ts';
import { matchesRecord } from '../model/match-spec.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import type { Job, SolveRequest } from '../model/request.ts';
import { sortJobs } from './sort-jobs.ts';

/**
 * One request that installs and removes. What depends on a package that is named leaves with it, as in a removal, also if
 * it was asked for in earlier times; and so do dependencies that nothing needs any more.
 * @param removal a request of `remove`, gathered for the same environment
 */
export function joinRemoval(
  request: SolveRequest,
  removal: SolveRequest,
  installed: readonly PrefixRecord[],
): SolveRequest {
  const leaving = withDependents(
    installed.filter((record) => removal.requested.some((spec) => matchesRecord(spec, record))),
    installed,
  );
  const isWanted = (name: string): boolean => request.requested.some((spec) => spec.exactName === name);
  const names = new Set([...leaving].map(({ name }): string => name).filter((name) => !isWanted(name)));
  const stays = (job: Job): boolean => {
    if ('name' in job) return !names.has(job.name);
    return job.kind !== 'install' || request.requested.includes(job.spec) || !names.has(job.spec.name);
  };
  const removals = [...names].map((name): Job => ({ kind: 'remove', spec: parseMatchSpec(name) }));
  const jobs = [...request.jobs, ...removal.jobs.filter((job) => job.kind === 'keep')].filter(stays);
  return {
    ...request,
    removed: removal.requested,
    jobs: sortJobs([...jobs, ...removals]),
    pruneOrphans: true,
  };
}

function withDependents(
  named: readonly PrefixRecord[],
  installed: readonly PrefixRecord[],
): ReadonlySet<PrefixRecord> {
  const leaving = new Set(named);
  for (const gone of leaving) {
    for (const record of installed) {
      const specs = record.depends.map((text) => findMatchSpec(text)).filter((spec) => spec !== undefined);
      if (specs.some((spec) => matchesRecord(spec, gone))) leaving.add(record);
    }
  }
  return leaving;
}
