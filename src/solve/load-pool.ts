import { Pool, type Libsolv, type Repository } from 'libsolv-wasm';

import type { MatchSpec } from '../model/match-spec.ts';
import { rankBuilds, type FeatureRanking } from './candidate-rank.ts';
import type { CandidateTable, RepositoryRange } from './candidate-table.ts';
import type { DependencyTable } from './dependency-table.ts';
import { encodeRules, ROOT, type ConditionalRule, type RuleDemand } from './conditional-rules.ts';
import { findOthers, findProviders } from './find-providers.ts';
import { countLacking, type Features } from './legacy-features.ts';
import { markHopeless } from './prune-candidates.ts';

/** What a dependency number of the pool stands for. */
export type PoolDependency =
  | { readonly kind: 'requires' | 'constrains' | 'job'; readonly spec: MatchSpec; readonly text: string }
  | { readonly kind: 'unused' };

/** The question loaded into the solver, ready for jobs. */
export interface LoadedPool {
  readonly table: CandidateTable;
  /** By the pool's dependency number; grows as jobs need more. */
  readonly dependencies: readonly PoolDependency[];
  /** By the same number: the candidates that satisfy it, or that a `constrains` forbids. */
  readonly providers: readonly (readonly number[])[];
  /** Pins are solvables that come after the candidates, in this order. */
  readonly pins: readonly MatchSpec[];
  /** The conditional rules that belong to no candidate but to a job. */
  readonly rootDemands: readonly RuleDemand[];
  readonly pool: Pool;
  /** The number of a new dependency that these candidates satisfy. */
  readonly addDependency: (spec: MatchSpec, providers: readonly number[]) => number;
}

/** A name that nothing depends on takes a candidate out of the game, and leaves the numbers as they are. */
const HOPELESS = '~';

export interface PoolOptions {
  readonly pins: readonly MatchSpec[];
  /** What was found out about conditional dependencies by the answers before. */
  readonly rules: readonly ConditionalRule[];
  readonly isLowestWanted: (name: string) => boolean;
  /** Specs that hold in every answer; what they rule out is left out. Undefined leaves all in, to explain with. */
  readonly firm: readonly MatchSpec[] | undefined;
  /** The legacy features that are on. */
  readonly active: Features;
  readonly requestedNames: ReadonlySet<string>;
}

/**
 * Numbers of the table's candidates are numbers of the pool's solvables, and the numbers of the dependency table are the
 * pool's first dependencies. The `constrains` follow, each with the candidates that it forbids.
 */
export function loadPool(
  libsolv: Libsolv,
  table: CandidateTable,
  dependencyTable: DependencyTable,
  { pins, rules, isLowestWanted, firm, active, requestedNames }: PoolOptions,
): LoadedPool {
  const { specs } = dependencyTable;
  const isRequired = new Uint8Array(specs.length);
  const forbidding = new Map<number, number>();
  for (const { requires, constrains } of table.candidates) {
    for (const number of requires) isRequired[number] = 1;
    for (const number of constrains) {
      if (!forbidding.has(number)) forbidding.set(number, specs.length + forbidding.size);
    }
  }
  const dependencies: PoolDependency[] = specs.map((spec, number) =>
    isRequired[number] === 1
      ? { kind: 'requires', spec, text: dependencyTable.text(number) }
      : { kind: 'unused' },
  );
  const all: (readonly number[])[] = specs.map((spec, number) =>
    isRequired[number] === 1 ? findProviders(spec, table) : [],
  );
  const lacking = countLacking(table, active);
  const features: FeatureRanking = { active, requested: requestedNames, lacking };
  const ranks = rankBuilds(table, { specs, providers: all }, features);
  const hopeless =
    firm === undefined ? new Uint8Array(table.candidates.length) : markHopeless(table, all, firm);
  const keep = (numbers: readonly number[]): readonly number[] =>
    firm === undefined ? numbers : numbers.filter((number) => hopeless[number] !== 1);
  const providers = all.map(keep);
  const forbid = (spec: MatchSpec, text: string): number => {
    dependencies.push({ kind: 'constrains', spec, text });
    return providers.push(keep(findOthers(spec, table))) - 1;
  };
  for (const number of forbidding.keys()) {
    const spec = specs[number];
    if (spec !== undefined) forbid(spec, dependencyTable.text(number));
  }
  const pinned = pins.map((spec) => forbid(spec, spec.text));
  const { absences, demands } = encodeRules(rules, table, table.candidates.length + pins.length);
  const absent = absences.map((spec) => {
    dependencies.push({ kind: 'constrains', spec, text: `no ${spec.text}` });
    return providers.push(keep(findProviders(spec, table))) - 1;
  });
  const demanded = new Map<number, number[]>();
  for (const { source, spec, text, providers: satisfying } of demands) {
    dependencies.push({ kind: 'requires', spec, text });
    const number = providers.push(keep(satisfying)) - 1;
    demanded.set(source, [...(demanded.get(source) ?? []), number]);
  }
  const artificial = [...pinned, ...absent];
  // These names sort after all others, so that among equals a real package is taken first.
  const names = [...table.names, ...artificial.map((_, index) => `~${index}`), HOPELESS];
  const nowhere = names.length - 1;
  const pool = new Pool(libsolv, {
    names,
    versionCount: table.versionCount,
    repositories: [
      ...table.repositories.map((range) =>
        encodeRepository(range, {
          table,
          ranks,
          features,
          forbidding,
          demanded,
          hopeless,
          nowhere,
          isLowestWanted,
        }),
      ),
      {
        priority: -table.repositories.length,
        subpriority: 0,
        solvables: artificial.map((dependency, index) => ({
          name: table.names.length + index,
          version: 0,
          rank: 0,
          features: 0,
          requires: [],
          conflicts: [dependency],
        })),
      },
    ],
  });
  pool.addDependencies(providers);
  return {
    table,
    dependencies,
    providers,
    pins,
    rootDemands: demands.filter((demand) => demand.source === ROOT),
    pool,
    addDependency: (spec, added) => {
      const kept = keep(added);
      pool.addDependencies([kept]);
      providers.push(kept);
      return dependencies.push({ kind: 'job', spec, text: spec.text }) - 1;
    },
  };
}

interface Encoding {
  readonly table: CandidateTable;
  readonly ranks: Int32Array;
  readonly features: FeatureRanking;
  /** From the number of a `constrains` to the pool's dependency that holds what it forbids. */
  readonly forbidding: ReadonlyMap<number, number>;
  /** What conditional rules add to the dependencies of a candidate. */
  readonly demanded: ReadonlyMap<number, readonly number[]>;
  readonly hopeless: Uint8Array;
  /** The number of the name of hopeless candidates. */
  readonly nowhere: number;
  readonly isLowestWanted: (name: string) => boolean;
}

function encodeRepository(
  { priority, subpriority, start, end }: RepositoryRange,
  { table, ranks, features, forbidding, demanded, hopeless, nowhere, isLowestWanted }: Encoding,
): Repository {
  const nameNumbers = new Map(table.names.map((name, number) => [name, number]));
  const nameOf = (number: number, name: string): number =>
    hopeless[number] === 1 ? nowhere : (nameNumbers.get(name) ?? 0);
  const versionOf = (number: number, name: string): number => {
    const rank = table.versionRanks[number] ?? 0;
    return isLowestWanted(name) ? table.versionCount - 1 - rank : rank;
  };
  const lackedBy = (number: number, name: string): number =>
    features.requested.has(name) ? 0 : (features.lacking[number] ?? 0);
  return {
    priority,
    subpriority,
    solvables: table.candidates.slice(start, end).map(({ record, requires, constrains }, index) => ({
      name: nameOf(start + index, record.name),
      version: versionOf(start + index, record.name),
      rank: ranks[start + index] ?? 0,
      features: (record.track_features?.length ?? 0) + lackedBy(start + index, record.name),
      requires: [...requires, ...(demanded.get(start + index) ?? [])],
      conflicts: constrains.map((number) => forbidding.get(number) ?? 0),
    })),
  };
}
