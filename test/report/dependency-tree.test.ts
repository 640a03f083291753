import fc from 'fast-check';
import { expect, test } from 'vitest';

import { topsOf } from '../../src/report/dependency-tree.ts';

const edges = (needs: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, readonly string[]> =>
  new Map(Object.entries(needs));

test('begins with what nothing else needs', () => {
  const needs = edges({ zlib: [], numpy: ['python'], python: ['zlib'], bzip2: [] });
  expect(topsOf(['zlib', 'numpy', 'python', 'bzip2'], needs).toSorted()).toEqual(['bzip2', 'numpy']);
});

test('begins with the first of a circle that nothing else leads to', () => {
  const needs = edges({ python: ['pip', 'zlib'], pip: ['python'], zlib: [], bzip2: [] });
  expect(topsOf(['python', 'bzip2', 'pip', 'zlib'], needs).toSorted()).toEqual(['bzip2', 'python']);
  expect(topsOf(['zlib', 'pip', 'bzip2', 'python'], needs).toSorted()).toEqual(['bzip2', 'pip']);
});

test('leads to every name, whatever needs what, and no top leads to another', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const graphs = fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom(...names)), { maxLength: 12 });
  fc.assert(
    fc.property(graphs, fc.shuffledSubarray(names, { minLength: 6 }), (pairs, order) => {
      const needs = new Map(
        names.map((name) => [name, pairs.flatMap(([of, to]) => (of === name ? [to] : []))]),
      );
      const tops = topsOf(order, needs);
      const below = (start: string): Set<string> => {
        const found = new Set([start]);
        for (const name of found) for (const next of needs.get(name) ?? []) found.add(next);
        return found;
      };
      expect(new Set(tops.flatMap((top) => [...below(top)])).size).toBe(names.length);
      for (const top of tops) expect(tops.filter((other) => below(top).has(other))).toEqual([top]);
    }),
  );
});
