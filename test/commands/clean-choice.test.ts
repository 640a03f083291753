import { expect, test } from 'vitest';

import { chooseItems, parseSize } from '../../src/commands/clean-choice.ts';
import type { CacheCleanables } from '../../src/fetch/index.ts';

const DAY = 86_400_000;
const now = Date.UTC(2026, 5, 1);
const item = (name: string, size: number, days: number) => ({
  path: `/pkgs/${name}`,
  name,
  size,
  lastUse: now - days * DAY,
});
const found: readonly (readonly [{ readonly isSized: boolean }, readonly CacheCleanables[]])[] = [
  [{ isSized: true }, [{ pkgsDir: '/pkgs', items: [item('new', 10, 1), item('old', 20, 100)] }]],
  [{ isSized: true }, [{ pkgsDir: '/pkgs', items: [item('older', 30, 200)] }]],
  [{ isSized: false }, [{ pkgsDir: '/pkgs', items: [item('cache', 40, 0)] }]],
];
const names = (options: Readonly<Record<string, string>>): readonly string[] =>
  chooseItems(found, options, [], now).flatMap(([, caches]) =>
    caches.flatMap(({ items }) => items.map(({ name }) => name)),
  );

test('everything goes unless something is said of its age or size', () => {
  expect(names({})).toEqual(['new', 'old', 'older', 'cache']);
});

test('only what was not used for so long goes', () => {
  expect(names({ olderThan: '30d' })).toEqual(['old', 'older', 'cache']);
  expect(names({ olderThan: '2026-01-01' })).toEqual(['older', 'cache']);
  expect(() => names({ olderThan: 'long' })).toThrow('long');
});

test.each([
  ['4096', 4096],
  ['5kb', 5120],
  ['1.5 GiB', 1.5 * 1024 ** 3],
  ['10M', 10 * 1024 ** 2],
  ['0', 0],
  ['2TB', 2 * 1024 ** 4],
])('%s is a size', (text, bytes) => expect(parseSize(text)).toBe(bytes));

test.each(['', 'many', '-1', '5 XB', '1e3'])('%j is none', (text) => {
  expect(() => parseSize(text)).toThrow('is no size');
});
