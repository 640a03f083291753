import { findMatchSpec } from '../model/match-spec-text.ts';
import { isPlainSpec, matchesRecord, type MatchSpec } from '../model/match-spec.ts';
import { matchesVersion } from '../model/version-spec.ts';
import { findVersion } from '../model/version.ts';
import type { CandidateTable } from './candidate-table.ts';
import type { ExcludedRecord } from './candidate.ts';
import type { ExplainInput } from './explain.ts';
import { formatCandidates } from './version-ranges.ts';

/** Why nothing satisfies a spec, as a sentence that may follow "but". */
export function explainMissing(text: string, { loaded, excluded, limits }: ExplainInput): string {
  const { table } = loaded;
  const spec = findMatchSpec(text);
  if (spec === undefined) return 'no channel has it';
  const named = table.byName.get(spec.name) ?? [];
  if (spec.name.startsWith('__')) {
    return `this system has ${named.length === 0 ? `no ${spec.name}` : formatCandidates(named, table, limits)}`;
  }
  const reason = explainExcluded(excluded.filter(({ record }) => matchesRecord(spec, record)));
  if (reason !== undefined) return reason;
  if (spec.exactName === undefined) return 'nothing that is there is like that';
  if (named.length === 0) return 'no channel has it';
  const near = findOfVersion(spec, named, table);
  if (near.length === 0 || isAboutVersion(spec))
    return `there is only ${formatCandidates(named, table, limits)}`;
  const found = formatCandidates(near, table, limits);
  const recordsOf = near.flatMap((number) => table.candidates[number]?.record ?? []);
  if (spec.channel !== undefined || spec.subdir !== undefined) {
    const places = recordsOf.map((record) => [
      ...(spec.channel === undefined ? [] : [record.schannel ?? 'what is installed']),
      ...(spec.subdir === undefined ? [] : [record.subdir ?? '']),
    ]);
    const preposition = spec.channel === undefined ? 'for' : 'of';
    return `there is only ${found} ${preposition} ${[...new Set(places.map((parts) => parts.join('/')))].join(', ')}`;
  }
  if (spec.build === undefined) return `no ${found} is like that`;
  const builds = [...new Set(recordsOf.map((record) => record.build))];
  const shown = builds.slice(Math.max(0, builds.length - limits.builds));
  return `${found} is only there as ${shown.join(', ')}${builds.length > shown.length ? ' and others' : ''}`;
}

/** Those with the version that is wanted. */
function findOfVersion(
  { version }: MatchSpec,
  named: readonly number[],
  table: CandidateTable,
): readonly number[] {
  if (version === undefined) return named;
  return named.filter((number) => {
    const found = findVersion(table.candidates[number]?.record.version ?? '');
    return found !== undefined && matchesVersion(version, found);
  });
}

function explainExcluded(excluded: readonly ExcludedRecord[]): string | undefined {
  const strict = excluded.find(({ reason }) => reason.kind === 'strict-priority');
  if (strict?.reason.kind === 'strict-priority') {
    const { schannel, name } = strict.record;
    return `it is in ${schannel}, which is not looked at: channel priority is strict and ${strict.reason.preferredChannel} has ${name}, too`;
  }
  if (excluded.length > 0 && excluded.every(({ reason }) => reason.kind === 'revoked')) {
    return 'its channel has revoked it';
  }
  if (excluded.some(({ reason }) => reason.kind === 'too-new')) return 'it is newer than is allowed';
  const unreadable = excluded.find(({ reason }) => reason.kind === 'unreadable');
  return unreadable?.reason.kind === 'unreadable'
    ? `it is left out: ${unreadable.reason.problem}`
    : undefined;
}

function isAboutVersion(spec: MatchSpec): boolean {
  return spec.build === undefined && isPlainSpec(spec);
}
