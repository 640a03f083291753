import type { Rule } from 'libsolv-wasm';

import type { Job } from '../model/request.ts';
import type { EncodedJob } from './encode-jobs.ts';
import type { LoadedPool } from './load-pool.ts';

/** Why a candidate is wanted: someone asked for it, or one of these candidates needs it. */
export interface Demand {
  readonly from: Job | number;
  /** As the request or the record spells it. */
  readonly text: string;
  /** The candidates that would satisfy it; empty when there is none. */
  readonly providers: readonly number[];
}

/** One conflict as a graph over candidates. Numbers beyond the candidates are pins. */
export interface ConflictGraph {
  /** What was asked for, in the order of the request. */
  readonly roots: readonly Demand[];
  /** By candidate: the dependencies that take part. */
  readonly needs: ReadonlyMap<number, readonly Demand[]>;
  /** Pairs that can't be installed together, both ways round. */
  readonly clashes: ReadonlyMap<number, readonly Clash[]>;
}

/** Who a candidate can't be installed with. */
export interface Clash {
  readonly other: number;
  /** The `constrains` or pin that forbids it; undefined for two of one name. */
  readonly constraint: { readonly owner: number; readonly text: string } | undefined;
}

/** What the rules that can't hold together say of packages: who asks for whom, and who can't be with whom. */
export function buildConflictGraph(
  rules: readonly Rule[],
  loaded: LoadedPool,
  jobs: readonly EncodedJob[],
): ConflictGraph {
  const roots = new Map<number, Demand>();
  const needs = new Map<number, Demand[]>();
  const clashes = new Map<number, Clash[]>();
  for (const rule of rules) {
    const { source, target } = rule;
    if (rule.job !== undefined) {
      const root = rootOf(jobs[rule.job], loaded);
      if (root !== undefined) roots.set(rule.job, root);
    } else if ((rule.kind === 'requires' || rule.kind === 'nothing-provides') && source !== undefined) {
      const demand = { from: source, ...dependencyOf(rule, loaded) };
      push(needs, source, demand, (each) => each.text === demand.text);
    } else if (source !== undefined && target !== undefined) {
      const constraint =
        rule.kind === 'conflicts' ? { owner: source, text: dependencyOf(rule, loaded).text } : undefined;
      const isKnown = (each: Clash, other: number): boolean => each.other === other;
      push(clashes, source, { other: target, constraint }, (each) => isKnown(each, target));
      push(clashes, target, { other: source, constraint }, (each) => isKnown(each, source));
    }
  }
  const ordered = [...roots].toSorted(([a], [b]) => a - b).map(([, root]) => root);
  return { roots: ordered, needs, clashes };
}

function rootOf(job: EncodedJob | undefined, loaded: LoadedPool): Demand | undefined {
  if (job?.origin === undefined) return undefined;
  const { origin, what } = job;
  if (origin.kind === 'install' || origin.kind === 'update') {
    return { from: origin, text: origin.spec.text, providers: loaded.providers[what] ?? [] };
  }
  return { from: origin, text: 'spec' in origin ? origin.spec.text : '', providers: [what] };
}

function dependencyOf(rule: Rule, loaded: LoadedPool): { text: string; providers: readonly number[] } {
  const number = rule.dependency ?? -1;
  const dependency = loaded.dependencies[number];
  const text = dependency === undefined || dependency.kind === 'unused' ? '' : dependency.text;
  return { text, providers: loaded.providers[number] ?? [] };
}

function push<T>(map: Map<number, T[]>, key: number, value: T, isSame: (other: T) => boolean): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else if (!list.some(isSame)) list.push(value);
}
