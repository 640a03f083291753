import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { RepoDataRecord } from '../../src/model/package-record.ts';
import type { PrefixData } from '../../src/model/prefix-record.ts';
import type { Transaction } from '../../src/model/transaction.ts';
import { planTransaction } from '../../src/plan/index.ts';
import { makeRecord } from '../helpers/extracted-package.ts';

const NAMES = ['a', 'b', 'c', 'd', 'python'];
const record = fc
  .record({
    name: fc.constantFrom(...NAMES),
    version: fc.constantFrom('3.1', '3.2', '3.2.1'),
    isCode: fc.boolean(),
    depends: fc.subarray(NAMES),
  })
  .map(({ name, version, isCode, depends }) =>
    makeRecord(`${name} ${version}`, { depends, ...(isCode && name !== 'python' && { noarch: 'python' }) }),
  );
const environment = fc.uniqueArray(record, { selector: ({ name }) => name });

function prefixOf(records: readonly RepoDataRecord[]): PrefixData {
  return {
    prefix: '/p',
    exists: true,
    records: records.map((one) => ({
      ...one,
      files: [],
      paths_data: { paths_version: 1, paths: [] },
      requested_specs: [],
    })),
    history: new Map(),
    pinned: [],
  };
}

test('the plan applied to what is installed gives exactly what is wanted', () => {
  fc.assert(
    fc.property(environment, environment, (installed, wanted) => {
      const transaction = planTransaction(prefixOf(installed), wanted);
      expect(apply(installed, transaction)).toEqual(wanted.map(({ fn }) => fn).toSorted());
    }),
  );
});

test('the plan does not depend on the order of the records', () => {
  fc.assert(
    fc.property(environment, environment, (installed, wanted) => {
      const plan = planTransaction(prefixOf(installed), wanted);
      const other = planTransaction(prefixOf(installed.toReversed()), wanted.toReversed());
      expect(other.operations).toEqual(plan.operations);
    }),
  );
});

test('where nothing depends on itself in a circle, a package is linked after what it needs', () => {
  const acyclic = environment.map((records) =>
    records.map((one) => ({ ...one, depends: one.depends.filter((needed) => needed < one.name) })),
  );
  fc.assert(
    fc.property(acyclic, (wanted) => {
      const order = planTransaction(prefixOf([]), wanted).operations.flatMap((operation) =>
        'install' in operation ? [operation.install] : [],
      );
      for (const [index, one] of order.entries()) {
        const later = new Set<string>(order.slice(index).map(({ name }) => name));
        expect(one.depends.filter((needed) => later.has(needed))).toEqual([]);
      }
    }),
  );
});

function apply(installed: readonly RepoDataRecord[], transaction: Transaction): string[] {
  const now = new Map<string, string>(installed.map((one) => [one.name, one.fn]));
  for (const operation of transaction.operations) {
    if ('remove' in operation) now.delete(operation.remove.name);
    if ('install' in operation) now.set(operation.install.name, operation.install.fn);
  }
  return [...now.values()].toSorted();
}
