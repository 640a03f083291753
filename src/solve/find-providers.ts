import { isPlainSpec, matchesRecord, type MatchSpec } from '../model/match-spec.ts';
import { matchesPattern } from '../model/string-pattern.ts';
import { matchesVersion } from '../model/version-spec.ts';
import { findVersion } from '../model/version.ts';
import type { CandidateTable } from './candidate-table.ts';

/** The candidates that a spec asks for, ascending. */
export function findProviders(spec: MatchSpec, table: CandidateTable): readonly number[] {
  if (spec.exactName === undefined) {
    return [...table.candidates.keys()].filter((number) => {
      const record = table.candidates[number]?.record;
      return record !== undefined && matchesRecord(spec, record);
    });
  }
  const named = table.byName.get(spec.exactName) ?? [];
  // A URL names one archive, whatever its file name may make one think of its build.
  if (spec.url !== undefined)
    return named.filter((number) => table.candidates[number]?.record.url === spec.url);
  const isPlain = isPlainSpec(spec);
  if (isPlain && spec.version === undefined && spec.build === undefined) return named;
  const found: number[] = [];
  // Candidates of a name are sorted by version, so the same text comes many times in a row.
  let text: string | undefined;
  let hasVersion = true;
  for (const number of named) {
    const record = table.candidates[number]?.record;
    if (record === undefined) continue;
    if (spec.version !== undefined && record.version !== text) {
      text = record.version;
      const version = findVersion(text);
      hasVersion =
        spec.version.kind === 'any' || (version !== undefined && matchesVersion(spec.version, version));
    }
    if (!hasVersion) continue;
    if (spec.build !== undefined && !matchesPattern(spec.build, record.build)) continue;
    if (isPlain || matchesRecord(spec, record)) found.push(number);
  }
  return found;
}

/** The candidates of the spec's name that are not what it asks for: what a `constrains` forbids. Ascending. */
export function findOthers(spec: MatchSpec, table: CandidateTable): readonly number[] {
  const matching = new Set(findProviders(spec, table));
  const named =
    spec.exactName === undefined
      ? [...table.candidates.keys()].filter((number) => hasName(spec, table, number))
      : (table.byName.get(spec.exactName) ?? []);
  return matching.size === named.length ? [] : named.filter((number) => !matching.has(number));
}

function hasName(spec: MatchSpec, table: CandidateTable, number: number): boolean {
  const name = table.candidates[number]?.record.name;
  return name !== undefined && spec.namePattern !== undefined && matchesPattern(spec.namePattern, name);
}
