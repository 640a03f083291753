import { findMatchSpec } from '../model/match-spec-text.ts';
import type { PrefixData } from '../model/prefix-record.ts';
import type { Job, SolveRequest } from '../model/request.ts';

/** Of which packages the channels are to be asked. */
export interface WantedNames {
  readonly names: readonly string[];
  readonly patterns: readonly string[];
  /** Those of the names that someone asked for. */
  readonly typed: readonly string[];
}

/**
 * The names that an answer can start from: what the jobs name, what is installed and what that depends on. Removing needs nothing
 * that isn't there already.
 */
export function wantedNames(request: SolveRequest, installed: PrefixData): WantedNames {
  if (request.command === 'remove') return { names: [], patterns: [], typed: [] };
  const names = new Set<string>(installed.records.map(({ name }) => name));
  const patterns = new Set<string>();
  for (const { depends } of installed.records) {
    for (const text of depends) {
      const spec = findMatchSpec(text);
      if (spec !== undefined) names.add(spec.name);
    }
  }
  const visit = (job: Job): void => {
    if ('name' in job) names.add(job.name);
    if ('spec' in job) {
      if (job.spec.exactName === undefined) patterns.add(job.spec.name);
      else names.add(job.spec.exactName);
    }
    job.fallback?.forEach(visit);
  };
  request.jobs.forEach(visit);
  return {
    names: [...names].filter((name) => !name.startsWith('__')),
    patterns: [...patterns],
    typed: request.requested.flatMap(({ exactName }) => exactName ?? []),
  };
}
