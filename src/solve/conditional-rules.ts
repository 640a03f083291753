import type { MatchSpec } from '../model/match-spec.ts';
import { matchesRecord } from '../model/match-spec.ts';
import type { Job } from '../model/request.ts';
import type { CandidateTable } from './candidate-table.ts';
import type { DependencyTable } from './dependency-table.ts';
import { findProviders } from './find-providers.ts';

/** The request itself, as the source of a rule. */
export const ROOT = -1;

/**
 * If `source` is installed and, beside it, a record for each spec of `when`, then one of `spec` or of `otherwise` is. So
 * conditional dependencies (CEP 43) and optional groups (CEP 44) are told to the solver: each rule is exact, and only
 * those are told that an answer broke.
 */
export interface ConditionalRule {
  readonly source: number;
  readonly job?: Job;
  readonly when: readonly MatchSpec[];
  readonly spec: MatchSpec;
  readonly text: string;
  readonly otherwise: readonly number[];
}

/** A dependency that a rule adds. */
export interface RuleDemand {
  readonly source: number;
  readonly job?: Job;
  readonly spec: MatchSpec;
  readonly text: string;
  /** Ascending. */
  readonly providers: readonly number[];
}

/**
 * Rules in the solver's terms. That nothing is installed which a spec asks for is a solvable of its own, from number
 * `first` on, one for each of `absences`.
 */
export function encodeRules(
  rules: readonly ConditionalRule[],
  table: CandidateTable,
  first: number,
): { readonly absences: readonly MatchSpec[]; readonly demands: readonly RuleDemand[] } {
  const absences: MatchSpec[] = [];
  const demands = rules.map(({ when, otherwise, ...rule }): RuleDemand => {
    const absent = when.map((spec) => first + absences.push(spec) - 1);
    const providers = new Set([...findProviders(rule.spec, table), ...otherwise, ...absent]);
    return { ...rule, providers: [...providers].toSorted((a, b) => a - b) };
  });
  return { absences, demands };
}

/** The rules that an answer breaks, given the numbers of what it holds. None means that it is one. */
export function findBrokenRules(
  solved: readonly number[],
  jobs: readonly Job[],
  table: CandidateTable,
  dependencies: DependencyTable,
): ConditionalRule[] {
  const chosen = solved.filter((number) => number < table.candidates.length);
  const hasOne = (spec: MatchSpec): boolean => chosen.some((number) => isMatch(spec, number, table));
  const rules: ConditionalRule[] = [];
  const check = (rule: ConditionalRule): void => {
    const isMet = hasOne(rule.spec) || rule.otherwise.some((number) => chosen.includes(number));
    if (!isMet && rule.when.every(hasOne)) rules.push(rule);
  };
  const checkSpec = (spec: MatchSpec, text: string, from: Pick<ConditionalRule, 'source' | 'job'>): void => {
    for (const when of dependencies.remaining(spec.when) ?? [])
      check({ ...from, when, spec, text, otherwise: [] });
    for (const rule of extraRules(spec, from, { chosen, table, dependencies })) check(rule);
  };
  for (const source of chosen) {
    const { requires = [], conditional = [] } = table.candidates[source] ?? {};
    for (const number of [...requires, ...conditional]) {
      const spec = dependencies.specs[number];
      if (spec?.when !== undefined || spec?.extras !== undefined) {
        checkSpec(spec, dependencies.text(number), { source });
      }
    }
  }
  for (const job of jobs) {
    if (job.kind !== 'install' && job.kind !== 'update') continue;
    if (job.spec.when === undefined && job.spec.extras === undefined) continue;
    checkSpec(job.spec, job.spec.text, { source: ROOT, job });
  }
  return rules;
}

interface Facts {
  readonly chosen: readonly number[];
  readonly table: CandidateTable;
  readonly dependencies: DependencyTable;
}

/** What the chosen record of a spec needs in addition, for the groups that the spec asks for. A group it lacks adds nothing. */
function extraRules(
  spec: MatchSpec,
  from: Pick<ConditionalRule, 'source' | 'job'>,
  { chosen, table, dependencies }: Facts,
): ConditionalRule[] {
  if (spec.extras === undefined) return [];
  const own = chosen.find((number) => isMatch(spec, number, table));
  const record = own === undefined ? undefined : table.candidates[own]?.record;
  const texts = spec.extras.flatMap((extra) => record?.extra_depends?.[extra] ?? []);
  const otherwise = findProviders(spec, table).filter((number) => number !== own);
  return texts.flatMap((text) => {
    const number = dependencies.number(text);
    const needed = typeof number === 'number' ? dependencies.specs[number] : undefined;
    if (needed === undefined) return [];
    const conditions = dependencies.remaining(needed.when) ?? [[]];
    return conditions.map((when): ConditionalRule => ({ ...from, when, spec: needed, text, otherwise }));
  });
}

function isMatch(spec: MatchSpec, number: number, table: CandidateTable): boolean {
  const record = table.candidates[number]?.record;
  return record !== undefined && matchesRecord(spec, record);
}
