import { Pool, type Libsolv, type Repository } from 'libsolv-wasm';

import type { MatchSpec } from '../model/match-spec.ts';
import { rankBuilds, type FeatureRanking } from './candidate-rank.ts';
import type { CandidateTable, RepositoryRange } from './candidate-table.ts';
import type { DependencyTable } from './dependency-table.ts';
import type { ConditionalRule, RuleDemand } from './conditional-rules.ts';
import { encodeDependencies, findUses, type PoolDependency } from './encode-dependencies.ts';
import { countLacking, type Features } from './legacy-features.ts';
import { markHopeless } from './prune-candidates.ts';

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
  const uses = findUses(table, dependencyTable);
  const lacking = countLacking(table, active);
  const features: FeatureRanking = { active, requested: requestedNames, lacking };
  const ranks = rankBuilds(table, { specs: dependencyTable.specs, providers: uses.providers }, features);
  const hopeless =
    firm === undefined ? new Uint8Array(table.candidates.length) : markHopeless(table, uses.providers, firm);
  const keep = (numbers: readonly number[]): readonly number[] =>
    firm === undefined ? numbers : numbers.filter((number) => hopeless[number] !== 1);
  const encoded = encodeDependencies(table, dependencyTable, { uses, pins, rules, keep });
  const { dependencies, providers, artificial } = encoded;
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
          forbidding: uses.forbidding,
          demanded: encoded.demanded,
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
    rootDemands: encoded.rootDemands,
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
