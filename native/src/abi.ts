/**
 * What crosses into WebAssembly and back: 32-bit integers, little endian, packed in the order given here. `n × [...]`
 * is the bracket n times. Solvables, names, versions and dependencies are numbers that count from 0.
 *
 * world_load    names: UTF-8, each ended by NUL
 *               [names, versions, repositories, solvables,
 *                repositories × [priority, subpriority, solvables in it],
 *                solvables × [name, version, rank, features, n, n × requires, m, m × conflicts]]
 *               Repository 0 is what is installed. Solvables are numbered repository by repository.
 * world_add_deps
 *               [dependencies, sum of n, dependencies × [n, n × solvable, ascending]]
 *               Dependencies are numbered on over all calls.
 * world_solve   jobs × [how, what]; what is a solvable or a dependency, as `how` selects. Gives the number of problems.
 * world_out     no problem: the solvables of the answer
 *               problems:   problems × [n, n × [rule, source, target, dependency, job]]
 *               -1 stands for none; `job` counts from 1 and is 0 for none.
 */
export interface LibsolvExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly _initialize: () => void;
  readonly malloc: (bytes: number) => number;
  readonly free: (address: number) => void;
  readonly world_create: () => number;
  readonly world_free: (world: number) => void;
  readonly world_load: (world: number, names: number, words: number) => void;
  readonly world_add_deps: (world: number, words: number) => void;
  readonly world_solve: (
    world: number,
    jobs: number,
    count: number,
    allowDowngrade: number,
    allowUninstall: number,
  ) => number;
  readonly world_out: (world: number) => number;
  readonly world_out_count: (world: number) => number;
}

/** What a job selects, and what it asks: one of each is added up. Values of libsolv's solver.h. */
export const SELECT = { solvable: 0x01, providers: 0x03, all: 0x06 } as const;
export const ACTION = {
  install: 0x0100,
  erase: 0x0200,
  update: 0x0300,
  lock: 0x0600,
  verify: 0x0800,
  userInstalled: 0x0a00,
} as const;
/** May be added to `erase` and `update`: what only the old package needed goes with it. */
export const CLEAN_DEPS = 0x040000;

/** Values of libsolv's rules.h that say why there is no answer. */
export const RULE_NAMES: ReadonlyMap<number, RuleName> = new Map([
  [0x101, 'not-installable'],
  [0x102, 'nothing-provides'],
  [0x103, 'requires'],
  [0x104, 'self-conflict'],
  [0x105, 'conflicts'],
  [0x106, 'same-name'],
  [0x200, 'update'],
  [0x300, 'update'],
  [0x400, 'job'],
  [0x401, 'job-nothing-provides'],
  [0x402, 'job-nothing-provides'],
]);

/** What a rule of libsolv says. */
export type RuleName =
  | 'not-installable'
  | 'nothing-provides'
  | 'requires'
  | 'self-conflict'
  | 'conflicts'
  | 'same-name'
  | 'update'
  | 'job'
  | 'job-nothing-provides'
  | 'other';
