import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, expect, test } from 'vitest';

import { findLockProblem } from '../../src/doctor/index.ts';

const prefix = mkdtempSync(path.join(tmpdir(), 'tconda-locking-'));
const folder = path.join(prefix, 'conda-meta');
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a lock can be held where one can write, and nothing is left of it', async () => {
  mkdirSync(folder);
  expect(await findLockProblem(prefix)).toBeUndefined();
  expect(readdirSync(folder)).toEqual([]);
});

test('where no environment is, nobody locks', async () => {
  expect(await findLockProblem(prefix)).toBeUndefined();
});

test('what is in the way is told', async () => {
  writeFileSync(folder, '');
  expect(await findLockProblem(prefix)).toMatch(/ENOTDIR/);
});
