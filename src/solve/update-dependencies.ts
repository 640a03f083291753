import { findMatchSpec, parseMatchSpec } from '../model/match-spec-text.ts';
import { matchesRecord } from '../model/match-spec.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import type { Job, SolveRequest } from '../model/request.ts';

/**
 * The jobs of a request, with an update of everything installed that its packages need, directly or not. What was asked
 * for in earlier times gives way; pins, among them that of python's minor version, stay.
 */
export function withDependencyUpdates(
  request: SolveRequest,
  solved: readonly RepoDataRecord[],
  installed: readonly PrefixRecord[],
): readonly Job[] {
  const isInstalled = new Set<string>(installed.map((record) => record.name));
  const needed = [...dependenciesOfRequested(request, solved)].filter((name) => isInstalled.has(name));
  const names = new Set(needed.toSorted());
  const others = request.jobs.filter((job) => {
    if (job.kind === 'freeze') return !names.has(job.name);
    if (job.kind !== 'install') return true;
    return !names.has(job.spec.name) || request.requested.includes(job.spec);
  });
  return [...others, ...[...names].map((name): Job => ({ kind: 'update', spec: parseMatchSpec(name) }))];
}

function dependenciesOfRequested(
  request: SolveRequest,
  solved: readonly RepoDataRecord[],
): ReadonlySet<string> {
  const byName = new Map<string, RepoDataRecord>(solved.map((record) => [record.name, record]));
  const found = new Set<string>();
  const due = solved.filter((record) => request.requested.some((spec) => matchesRecord(spec, record)));
  for (let record = due.pop(); record !== undefined; record = due.pop()) {
    for (const text of record.depends) {
      const name = findMatchSpec(text)?.name ?? '';
      const next = byName.get(name);
      if (next === undefined || found.has(name)) continue;
      found.add(name);
      due.push(next);
    }
  }
  return found;
}
