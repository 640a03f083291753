import { RULE_NAMES, type LibsolvExports, type RuleName } from './abi.ts';
import type { Libsolv } from './load.ts';

/** Packages that are preferred over those of the next repository, or not, as their priorities say. */
export interface Repository {
  /** The highest one that has a candidate is taken from first. */
  readonly priority: number;
  /** Decides between equal versions. */
  readonly subpriority: number;
  readonly solvables: readonly Solvable[];
}

/** A package that may be chosen. Every number is an index into a list of the pool's caller. */
export interface Solvable {
  readonly name: number;
  /** Rank of the version among the versions of the name; 0 is the lowest. */
  readonly version: number;
  /** Decides between equal versions; the higher is preferred. */
  readonly rank: number;
  /** Fewer of these are preferred to any version. */
  readonly features: number;
  readonly requires: readonly number[];
  /** Dependencies none of whose providers may be installed beside it. */
  readonly conflicts: readonly number[];
}

/** All that a pool is made of, in numbers; texts stay with the caller. */
export interface PoolInput {
  readonly names: readonly string[];
  /** More than any `version`. */
  readonly versionCount: number;
  /** The first holds what is installed. */
  readonly repositories: readonly Repository[];
}

/** `how` is one of `SELECT` plus one of `ACTION`; `what` a solvable or a dependency. */
export interface PoolJob {
  readonly how: number;
  readonly what: number;
}

export interface SolveOptions {
  readonly allowDowngrade: boolean;
  readonly allowUninstall: boolean;
}

/** One rule that takes part in a conflict. */
export interface Rule {
  readonly kind: RuleName;
  /** Solvables, a dependency, a position in the jobs; undefined when the rule has none. */
  readonly source: number | undefined;
  readonly target: number | undefined;
  readonly dependency: number | undefined;
  readonly job: number | undefined;
}

/** What shall be installed, or for each conflict the rules that can't hold together. */
export type PoolAnswer =
  | { readonly kind: 'solved'; readonly solvables: readonly number[] }
  | { readonly kind: 'unsolvable'; readonly problems: readonly (readonly Rule[])[] };

/** A set of packages to solve over. Holds memory of the WebAssembly instance until it is disposed of. */
export class Pool {
  readonly #exports: LibsolvExports;
  #world: number;

  constructor(libsolv: Libsolv, input: PoolInput) {
    this.#exports = libsolv.exports;
    this.#world = libsolv.exports.world_create();
    const names = this.#copyText(input.names);
    const words = this.#copyWords(encodeInput(input));
    this.#exports.world_load(this.#world, names, words);
    this.#exports.free(words);
    this.#exports.free(names);
  }

  /**
   * Adds dependencies, numbered on from those before. Every number that a solvable names must be added before solving.
   * @param providers the solvables that satisfy each, ascending
   */
  addDependencies(providers: readonly ArrayLike<number>[]): void {
    const words = this.#copyWords(encodeProviders(providers));
    this.#exports.world_add_deps(this.#living(), words);
    this.#exports.free(words);
  }

  /** May be called any number of times; one answer does not touch the next. */
  solve(jobs: readonly PoolJob[], options: SolveOptions): PoolAnswer {
    const world = this.#living();
    const words = this.#copyWords(Int32Array.from(jobs.flatMap(({ how, what }) => [how, what])));
    const { allowDowngrade, allowUninstall } = options;
    const problems = this.#exports.world_solve(
      world,
      words,
      jobs.length,
      Number(allowDowngrade),
      Number(allowUninstall),
    );
    this.#exports.free(words);
    const out = this.#heap.slice(
      this.#exports.world_out(world) / 4,
      this.#exports.world_out(world) / 4 + this.#exports.world_out_count(world),
    );
    return problems === 0
      ? { kind: 'solved', solvables: [...out] }
      : { kind: 'unsolvable', problems: decodeProblems(out) };
  }

  /** Gives the memory back. The pool can't be used after it; calling it again does nothing. */
  dispose(): void {
    if (this.#world !== 0) this.#exports.world_free(this.#world);
    this.#world = 0;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #living(): number {
    if (this.#world === 0) throw new Error('The pool was disposed of');
    return this.#world;
  }

  /** A new view each time: the memory moves when it grows. */
  get #heap(): Int32Array {
    return new Int32Array(this.#exports.memory.buffer);
  }

  #copyWords(words: Int32Array): number {
    const address = this.#allocate(words.byteLength);
    this.#heap.set(words, address / 4);
    return address;
  }

  #copyText(texts: readonly string[]): number {
    const bytes = new TextEncoder().encode(texts.map((text) => `${text}\0`).join(''));
    const address = this.#allocate(bytes.length);
    new Uint8Array(this.#exports.memory.buffer).set(bytes, address);
    return address;
  }

  #allocate(bytes: number): number {
    const address = this.#exports.malloc(Math.max(bytes, 4));
    if (address === 0) throw new Error(`No memory for ${bytes} bytes`);
    return address;
  }
}

function encodeInput({ names, versionCount, repositories }: PoolInput): Int32Array {
  const solvables = repositories.flatMap((repository) => repository.solvables);
  const head = [names.length, versionCount, repositories.length, solvables.length];
  for (const each of repositories) head.push(each.priority, each.subpriority, each.solvables.length);
  const size = solvables.reduce((sum, each) => sum + 6 + each.requires.length + each.conflicts.length, 0);
  const words = new Int32Array(head.length + size);
  words.set(head);
  let at = head.length;
  for (const solvable of solvables) {
    words[at++] = solvable.name;
    words[at++] = solvable.version;
    words[at++] = solvable.rank;
    words[at++] = solvable.features;
    words[at++] = solvable.requires.length;
    for (const dependency of solvable.requires) words[at++] = dependency;
    words[at++] = solvable.conflicts.length;
    for (const dependency of solvable.conflicts) words[at++] = dependency;
  }
  return words;
}

function encodeProviders(providers: readonly ArrayLike<number>[]): Int32Array {
  const total = providers.reduce((sum, list) => sum + list.length, 0);
  const words = new Int32Array(2 + providers.length + total);
  words.set([providers.length, total]);
  let at = 2;
  for (const list of providers) {
    words[at] = list.length;
    words.set(list, at + 1);
    at += 1 + list.length;
  }
  return words;
}

function decodeProblems(out: Int32Array): Rule[][] {
  const problems: Rule[][] = [];
  for (let at = 0; at < out.length;) {
    const count = out[at] ?? 0;
    const rules = Array.from({ length: count }, (_, index) => decodeRule(out, at + 1 + 5 * index));
    problems.push(rules);
    at += 1 + 5 * count;
  }
  return problems;
}

function decodeRule(out: Int32Array, at: number): Rule {
  const job = out[at + 4] ?? 0;
  return {
    kind: RULE_NAMES.get(out[at] ?? 0) ?? 'other',
    source: findNumber(out[at + 1]),
    target: findNumber(out[at + 2]),
    dependency: findNumber(out[at + 3]),
    job: job === 0 ? undefined : job - 1,
  };
}

function findNumber(word: number | undefined): number | undefined {
  return word === undefined || word < 0 ? undefined : word;
}
