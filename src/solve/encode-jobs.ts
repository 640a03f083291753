import { ACTION, CLEAN_DEPS, SELECT, type PoolJob } from 'libsolv-wasm';

import { isNameOnlySpec, type MatchSpec } from '../model/match-spec.ts';
import type { Job } from '../model/request.ts';
import { findProviders } from './find-providers.ts';
import type { LoadedPool } from './load-pool.ts';

/** A job of the solver, and what it was made from: nothing for those that hold virtual packages in place. */
export interface EncodedJob extends PoolJob {
  readonly origin: Job | undefined;
}

/** @param pruneOrphans whether a package that goes takes along what only it needed */
export function encodeJobs(jobs: readonly Job[], loaded: LoadedPool, pruneOrphans: boolean): EncodedJob[] {
  const encoder = new JobEncoder(loaded, pruneOrphans ? CLEAN_DEPS : 0);
  const ordered = jobs.toSorted((a, b) => ORDER[a.kind] - ORDER[b.kind]);
  return [
    ...encoder.holdVirtualPackages(),
    ...ordered.flatMap((job) => encoder.encode(job)),
    ...encoder.encodeRootDemands(),
  ];
}

/** As conda hands jobs over. Within a kind the order is the request's. */
const ORDER: Readonly<Record<Job['kind'], number>> = {
  pin: 0,
  remove: 1,
  install: 2,
  update: 3,
  updateAll: 4,
  repair: 5,
  keep: 6,
  freeze: 7,
};

class JobEncoder {
  readonly #loaded: LoadedPool;
  readonly #cleaning: number;

  constructor(loaded: LoadedPool, cleaning: number) {
    this.#loaded = loaded;
    this.#cleaning = cleaning;
  }

  /** Else the solver would take one out to satisfy a `constrains`. */
  holdVirtualPackages(): EncodedJob[] {
    return this.#installed()
      .filter((number) => this.#loaded.table.candidates[number]?.source.kind === 'virtual')
      .flatMap((what) => [
        { how: ACTION.verify | SELECT.solvable, what, origin: undefined },
        { how: ACTION.lock | SELECT.solvable, what, origin: undefined },
      ]);
  }

  /** What conditions add to the jobs that have them. */
  encodeRootDemands(): EncodedJob[] {
    return this.#loaded.rootDemands.map(({ spec, providers, job }) => ({
      how: ACTION.install | SELECT.providers,
      what: this.#loaded.addDependency(spec, providers),
      origin: job,
    }));
  }

  encode(job: Job): EncodedJob[] {
    switch (job.kind) {
      case 'install':
        // What is linked anew anyway may as well be the newest, as with conda.
        return job.reinstall === true ? this.#update(job, job.spec) : [this.#install(job, job.spec)];
      case 'remove':
        return [this.#onProviders(ACTION.erase | this.#cleaning, job, job.spec)];
      case 'update':
        return this.#update(job, job.spec);
      case 'updateAll':
        return [{ how: ACTION.update | SELECT.all | this.#cleaning, what: 0, origin: job }];
      case 'repair':
        return this.#onInstalled(ACTION.verify, job, job.name);
      case 'keep':
        return this.#onInstalled(ACTION.userInstalled, job, job.name);
      case 'freeze':
        return this.#onInstalled(ACTION.lock, job, job.name);
      case 'pin': {
        const pin = this.#loaded.pins.indexOf(job.spec);
        const what = this.#loaded.table.candidates.length + pin;
        return [{ how: ACTION.install | SELECT.solvable, what, origin: job }];
      }
    }
  }

  #install(origin: Job, spec: MatchSpec): EncodedJob {
    return this.#onProviders(ACTION.install, origin, spec);
  }

  #onProviders(action: number, origin: Job, spec: MatchSpec): EncodedJob {
    const providers = findProviders(spec, this.#loaded.table);
    return { how: action | SELECT.providers, what: this.#loaded.addDependency(spec, providers), origin };
  }

  /** What is not installed can't be updated: it is installed then. */
  #update(origin: Job, spec: MatchSpec): EncodedJob[] {
    const names = new Set(findProviders(spec, this.#loaded.table).map((number) => this.#nameOf(number)));
    if (spec.exactName !== undefined) names.add(spec.exactName);
    const installed = this.#installed().filter((number) => names.has(this.#nameOf(number)));
    if (installed.length === 0) return [this.#install(origin, spec)];
    const updates = installed.map((what) => ({
      how: ACTION.update | SELECT.solvable | this.#cleaning,
      what,
      origin,
    }));
    return isNameOnlySpec(spec) ? updates : [...updates, this.#install(origin, spec)];
  }

  #onInstalled(action: number, origin: Job, name: string): EncodedJob[] {
    return this.#installed()
      .filter((number) => this.#nameOf(number) === name)
      .map((what) => ({ how: action | SELECT.solvable, what, origin }));
  }

  #nameOf(number: number): string | undefined {
    return this.#loaded.table.candidates[number]?.record.name;
  }

  #installed(): number[] {
    const end = this.#loaded.table.repositories[0]?.end ?? 0;
    return Array.from({ length: end }, (_, number) => number);
  }
}
