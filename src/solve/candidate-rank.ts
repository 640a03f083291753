import type { MatchSpec } from '../model/match-spec.ts';
import type { Candidate } from './candidate.ts';
import type { CandidateTable } from './candidate-table.ts';
import { countInactive, type Features } from './legacy-features.ts';

/** What is known of the dependencies, by number. */
export interface DependencyFacts {
  readonly specs: readonly MatchSpec[];
  readonly providers: readonly (readonly number[])[];
}

/** Legacy features, where they take part. */
export interface FeatureRanking {
  readonly active: Features;
  /** Names whose version comes before features, as that is asked for. */
  readonly requested: ReadonlySet<string>;
  /** By candidate, from {@link countLacking}. */
  readonly lacking: Int32Array;
}

/**
 * The order of candidates that share name and version, as conda has it: build number, then who lets its dependencies be
 * newer, then the later timestamp. The higher rank is preferred; equal ranks mean that nothing tells two apart. Channel
 * priority, tracked features and version come before and are the solver's.
 *
 * With an active legacy feature the order is that of conda in those times: for a requested name the feature first; for
 * another, newer dependencies before the build number.
 */
export function rankBuilds(
  table: CandidateTable,
  facts: DependencyFacts,
  features: FeatureRanking,
): Int32Array {
  const ranks = new Int32Array(table.candidates.length);
  const reach = new DependencyReach(table, facts);
  for (const [name, named] of table.byName) {
    const compare = comparisonFor(name, table, reach, features);
    for (const group of groupByVersion(named, table)) rankGroup(group, compare, ranks);
  }
  return ranks;
}

type Comparison = (a: number, b: number) => number;

function comparisonFor(
  name: string,
  { candidates }: CandidateTable,
  reach: DependencyReach,
  { active, requested, lacking }: FeatureRanking,
): Comparison {
  const isReachFirst = active.size > 0 && !requested.has(name);
  return (a, b) => {
    const left = candidates[a];
    const right = candidates[b];
    if (left === undefined || right === undefined) return 0;
    return (
      (lacking[b] ?? 0) - (lacking[a] ?? 0) ||
      (isReachFirst ? reach.compare(left, right) : 0) ||
      (left.record.build_number ?? 0) - (right.record.build_number ?? 0) ||
      reach.compare(left, right) ||
      (left.record.timestamp ?? 0) - (right.record.timestamp ?? 0) ||
      countInactive(right.record, active) - countInactive(left.record, active)
    );
  };
}

function* groupByVersion(named: readonly number[], table: CandidateTable): Iterable<readonly number[]> {
  if (named.length < 2) return;
  const groups = new Map<number, number[]>();
  for (const number of named) {
    const rank = table.versionRanks[number] ?? 0;
    const group = groups.get(rank);
    if (group === undefined) groups.set(rank, [number]);
    else group.push(number);
  }
  for (const group of groups.values()) if (group.length > 1) yield group;
}

function rankGroup(group: readonly number[], compare: Comparison, ranks: Int32Array): void {
  const sorted = group.toSorted(compare);
  let rank = 0;
  let last = sorted[0];
  for (const number of sorted) {
    if (last !== undefined && compare(last, number) !== 0) rank += 1;
    ranks[number] = rank;
    last = number;
  }
}

/** How far a set of dependencies lets one name go. */
interface Reach {
  readonly version: number;
  readonly isFeatured: boolean;
}

/** A dependency that only builds with tracked features meet weighs more than all others together. */
const FEATURE_WEIGHT = 100;

class DependencyReach {
  readonly #table: CandidateTable;
  readonly #facts: DependencyFacts;
  readonly #single: (Reach | undefined)[] = [];

  constructor(table: CandidateTable, facts: DependencyFacts) {
    this.#table = table;
    this.#facts = facts;
  }

  /** Positive when `a` lets more of the dependencies that both have, but in different words, be newer. */
  compare(a: Candidate, b: Candidate): number {
    let score = 0;
    const seen = new Set<string>();
    for (const number of a.requires) {
      const spec = this.#facts.specs[number];
      if (spec?.exactName === undefined || seen.has(spec.exactName)) continue;
      seen.add(spec.exactName);
      const ours = this.#versionedOf(a, spec.exactName);
      const theirs = this.#versionedOf(b, spec.exactName);
      if (isSameSet(ours, theirs)) continue;
      const left = this.#reachOf(ours);
      const right = this.#reachOf(theirs);
      if (left === undefined || right === undefined) continue;
      score += FEATURE_WEIGHT * (Number(right.isFeatured) - Number(left.isFeatured));
      score += Math.sign(left.version - right.version);
    }
    return score;
  }

  /** A dependency on a bare name says nothing of versions. */
  #versionedOf(candidate: Candidate, name: string): readonly number[] {
    return candidate.requires.filter((number) => {
      const spec = this.#facts.specs[number];
      return spec?.exactName === name && (spec.version !== undefined || spec.build !== undefined);
    });
  }

  #reachOf(dependencies: readonly number[]): Reach | undefined {
    const [first, ...more] = dependencies;
    if (first === undefined) return undefined;
    if (more.length === 0) return (this.#single[first] ??= this.#measure(this.#facts.providers[first] ?? []));
    const others = more.map((number) => new Set(this.#facts.providers[number]));
    const providers = this.#facts.providers[first] ?? [];
    return this.#measure(providers.filter((provider) => others.every((set) => set.has(provider))));
  }

  #measure(providers: readonly number[]): Reach | undefined {
    if (providers.length === 0) return undefined;
    let version = 0;
    let isFeatured = true;
    for (const provider of providers) {
      version = Math.max(version, this.#table.versionRanks[provider] ?? 0);
      const features = this.#table.candidates[provider]?.record.track_features;
      if (features === undefined || features.length === 0) isFeatured = false;
    }
    return { version, isFeatured };
  }
}

function isSameSet(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((number) => b.includes(number));
}
