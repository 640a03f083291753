import type { MatchSpec } from '../model/match-spec.ts';
import type { CandidateTable } from './candidate-table.ts';
import { type ConditionalRule, encodeRules, ROOT, type RuleDemand } from './conditional-rules.ts';
import type { DependencyTable } from './dependency-table.ts';
import { findOthers, findProviders } from './find-providers.ts';

/** What a dependency number of the pool stands for. */
export type PoolDependency =
  | { readonly kind: 'requires' | 'constrains' | 'job'; readonly spec: MatchSpec; readonly text: string }
  | { readonly kind: 'unused' };

/** How the candidates use the dependencies of the table. */
export interface Uses {
  /** By number: the candidates that satisfy a dependency that somebody requires. */
  readonly providers: readonly (readonly number[])[];
  /** From the number of a `constrains` to the pool's dependency that holds what it forbids. */
  readonly forbidding: ReadonlyMap<number, number>;
  readonly isRequired: Uint8Array;
}

/** Who uses which dependency, and who satisfies it. */
export function findUses(table: CandidateTable, { specs }: DependencyTable): Uses {
  const isRequired = new Uint8Array(specs.length);
  const forbidding = new Map<number, number>();
  for (const { requires, constrains } of table.candidates) {
    for (const number of requires) isRequired[number] = 1;
    for (const number of constrains) {
      if (!forbidding.has(number)) forbidding.set(number, specs.length + forbidding.size);
    }
  }
  const providers = specs.map((spec, number) => (isRequired[number] === 1 ? findProviders(spec, table) : []));
  return { providers, forbidding, isRequired };
}

/** The dependencies of a pool before any job. The caller may add more. */
export interface EncodedDependencies {
  readonly dependencies: PoolDependency[];
  /** By the same number: the candidates that satisfy it, or that a `constrains` forbids. */
  readonly providers: (readonly number[])[];
  /** What conditional rules add to the dependencies of a candidate. */
  readonly demanded: ReadonlyMap<number, readonly number[]>;
  /** The conditional rules that belong to no candidate but to a job. */
  readonly rootDemands: readonly RuleDemand[];
  /** Of each pin, and then of each rule that wants something away: the number of what it forbids. */
  readonly artificial: readonly number[];
}

export interface DependencySources {
  readonly uses: Uses;
  readonly pins: readonly MatchSpec[];
  readonly rules: readonly ConditionalRule[];
  /** Of candidates, those that may be named at all. */
  readonly keep: (numbers: readonly number[]) => readonly number[];
}

/** The table's dependencies under their numbers, then the `constrains`, the pins and what conditional rules need. */
export function encodeDependencies(
  table: CandidateTable,
  dependencyTable: DependencyTable,
  { uses, pins, rules, keep }: DependencySources,
): EncodedDependencies {
  const { specs } = dependencyTable;
  const dependencies: PoolDependency[] = specs.map((spec, number) =>
    uses.isRequired[number] === 1
      ? { kind: 'requires', spec, text: dependencyTable.text(number) }
      : { kind: 'unused' },
  );
  const providers = uses.providers.map(keep);
  const add = (dependency: PoolDependency, numbers: readonly number[]): number => {
    dependencies.push(dependency);
    return providers.push(keep(numbers)) - 1;
  };
  const forbid = (spec: MatchSpec, text: string): number =>
    add({ kind: 'constrains', spec, text }, findOthers(spec, table));
  for (const number of uses.forbidding.keys()) {
    const spec = specs[number];
    if (spec !== undefined) forbid(spec, dependencyTable.text(number));
  }
  const pinned = pins.map((spec) => forbid(spec, spec.text));
  const { absences, demands } = encodeRules(rules, table, table.candidates.length + pins.length);
  const absent = absences.map((spec) =>
    add({ kind: 'constrains', spec, text: `no ${spec.text}` }, findProviders(spec, table)),
  );
  const demanded = new Map<number, number[]>();
  for (const { source, spec, text, providers: satisfying } of demands) {
    const number = add({ kind: 'requires', spec, text }, satisfying);
    demanded.set(source, [...(demanded.get(source) ?? []), number]);
  }
  const rootDemands = demands.filter(({ source }) => source === ROOT);
  return { dependencies, providers, demanded, rootDemands, artificial: [...pinned, ...absent] };
}
