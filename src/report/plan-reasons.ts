import { nameOfDependency } from '../model/dependency-order.ts';
import type { Transaction } from '../model/transaction.ts';

/**
 * Why each package comes or changes: it was asked for, or something that will be there needs it. Names without a reason are absent.
 * @param requested names that were asked for
 */
export function planReasons(
  transaction: Transaction,
  requested: ReadonlySet<string>,
): ReadonlyMap<string, string> {
  const { operations, unchanged } = transaction;
  const installs = operations.flatMap((operation) => ('install' in operation ? [operation.install] : []));
  const neededBy = new Map<string, string[]>();
  for (const { name, depends } of [...installs, ...unchanged]) {
    for (const other of new Set(depends.map(nameOfDependency))) {
      const known = neededBy.get(other);
      if (known === undefined) neededBy.set(other, [name]);
      else known.push(name);
    }
  }
  const reasonOf = (name: string): string | undefined => {
    if (requested.has(name)) return 'requested';
    const users = (neededBy.get(name) ?? []).filter((user) => user !== name);
    // What a person asked for says more than what that needs.
    const [first] = users.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
    if (first === undefined) return undefined;
    return users.length === 1 ? `dep of ${first}` : `dep of ${first} and ${users.length - 1} more`;
  };
  const rank = (name: string): number => (requested.has(name) ? 0 : 1);
  return new Map(
    installs.flatMap(({ name }): [string, string][] => {
      const reason = reasonOf(name);
      return reason === undefined ? [] : [[name, reason]];
    }),
  );
}
