import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { makeDirectories } from '../../src/io/make-directories.ts';

const root = mkdtempSync(path.join(tmpdir(), 'tconda-'));
afterAll(() => rmSync(root, { recursive: true }));

test('makes all that is missing, and says where it began', () => {
  expect(makeDirectories(path.join(root, 'a', 'b', 'c'))).toBe(path.join(root, 'a'));
  expect(makeDirectories(path.join(root, 'a', 'b', 'd'))).toBe(path.join(root, 'a', 'b', 'd'));
  expect(makeDirectories(path.join(root, 'a', 'b'))).toBeUndefined();
});

test('fails where a file stands in the way', () => {
  writeFileSync(path.join(root, 'file'), '');
  expect(() => makeDirectories(path.join(root, 'file', 'below'))).toThrow('ENOTDIR');
});

test.runIf(existsSync('/proc/self'))('fails at once where no directory can be', () => {
  expect(() => makeDirectories('/proc/tconda/env')).toThrow('ENOENT');
});
