import { nameOfDependency } from '../model/dependency-order.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { Transaction } from '../model/transaction.ts';

/**
 * Why each package comes, changes or goes: it was asked for, something that will be there needs it, it needs something that goes,
 * or nothing needs it any more. Names without a reason are absent.
 * @param requested names that were asked for
 */
export function planReasons(
  transaction: Transaction,
  requested: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const { operations, unchanged } = transaction;
  const installs = operations.flatMap((operation) => ('install' in operation ? [operation.install] : []));
  const removals = operations.flatMap((operation) => (operation.kind === 'unlink' ? [operation.remove] : []));
  return new Map([
    ...reasonsToCome(installs, [...installs, ...unchanged], requested),
    ...reasonsToGo(removals, requested),
  ]);
}

type Reasons = readonly (readonly [name: string, reason: string])[];

function reasonsToCome(
  installs: readonly RepoDataRecord[],
  present: readonly RepoDataRecord[],
  requested: ReadonlySet<string>,
): Reasons {
  const neededBy = new Map<string, string[]>();
  for (const { name, depends } of present) {
    for (const other of namesOf(depends)) {
      const known = neededBy.get(other);
      if (known === undefined) neededBy.set(other, [name]);
      else known.push(name);
    }
  }
  return installs.flatMap(({ name }): Reasons => {
    if (requested.has(name)) return [[name, 'requested']];
    const users = (neededBy.get(name) ?? []).filter((user) => user !== name);
    const first = foremost(users, requested);
    if (first === undefined) return [];
    return [[name, users.length === 1 ? `dep of ${first}` : `dep of ${first} and ${users.length - 1} more`]];
  });
}

function reasonsToGo(removals: readonly RepoDataRecord[], requested: ReadonlySet<string>): Reasons {
  const goes = new Set<string>(removals.map(({ name }) => name).filter((name) => requested.has(name)));
  const reasons = new Map([...goes].map((name) => [name, 'requested']));
  // What needs it goes with it, and what needs that.
  for (let size = -1; size !== goes.size;) {
    size = goes.size;
    for (const { name, depends } of removals) {
      const lost = foremost(
        [...namesOf(depends)].filter((other) => goes.has(other)),
        requested,
      );
      if (goes.has(name) || lost === undefined) continue;
      goes.add(name);
      reasons.set(name, `needs ${lost}`);
    }
  }
  const hadUsers = new Set(removals.flatMap(({ depends }) => [...namesOf(depends)]));
  for (const { name } of removals) {
    if (!goes.has(name) && hadUsers.has(name)) reasons.set(name, 'no longer needed');
  }
  return [...reasons];
}

function namesOf(depends: readonly string[]): ReadonlySet<string> {
  return new Set(depends.map(nameOfDependency));
}

/** What a person asked for says more than what that needs. */
function foremost(names: readonly string[], requested: ReadonlySet<string>): string | undefined {
  const rank = (name: string): number => (requested.has(name) ? 0 : 1);
  return names.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))[0];
}
