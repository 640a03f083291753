import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { listEnvironments, registerEnvironment, unregisterEnvironment } from '../../src/record/index.ts';

let root = '';
let file = '';
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'environments-'));
  file = path.join(root, '.conda', 'environments.txt');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function environment(name: string): string {
  const prefix = path.join(root, name);
  mkdirSync(path.join(prefix, 'conda-meta'), { recursive: true });
  writeFileSync(path.join(prefix, 'conda-meta', 'history'), '');
  return prefix;
}

test('a prefix is listed once, in the order of coming', () => {
  const [b, a] = [environment('b'), environment('a')];
  expect(listEnvironments(file)).toEqual([]);
  for (const prefix of [b, a, b]) expect(registerEnvironment(file, prefix)).toBeUndefined();
  expect(readFileSync(file, 'utf8')).toBe(`${b}\n${a}\n`);
  expect(listEnvironments(file)).toEqual([b, a]);
});

test('one that leaves takes along those that are no more', () => {
  const [a, b, c] = [environment('a'), environment('b'), environment('c')];
  for (const prefix of [a, b, c]) registerEnvironment(file, prefix);
  rmSync(b, { recursive: true });
  expect(listEnvironments(file)).toEqual([a, c]);
  unregisterEnvironment(file, c);
  expect(readFileSync(file, 'utf8')).toBe(`${a}\n`);
});

test('one that leaves lets those stay that are being made', () => {
  const [a, made] = [environment('a'), path.join(root, 'made')];
  for (const prefix of [a, made]) registerEnvironment(file, prefix);
  mkdirSync(path.join(root, '.made.tconda-new/conda-meta/.tconda'), { recursive: true });
  writeFileSync(path.join(root, '.made.tconda-new/conda-meta/.tconda/journal'), '{}');
  unregisterEnvironment(file, a);
  expect(readFileSync(file, 'utf8')).toBe(`${made}\n`);
});

test('a last line without an end stays one', () => {
  mkdirSync(path.dirname(file));
  writeFileSync(file, '/opt/first');
  registerEnvironment(file, '/opt/second');
  expect(readFileSync(file, 'utf8')).toBe('/opt/first\n/opt/second\n');
});

test.each(['/opt/_h_env_placehold_placehold_pl', '/opt/skeleton_x', '/opt/a\nb'])(
  '%j is not listed',
  (prefix) => {
    expect(registerEnvironment(file, prefix)).toBeUndefined();
    expect(listEnvironments(file)).toEqual([]);
  },
);

test('a file that cannot be written is said, not thrown', () => {
  writeFileSync(path.join(root, '.conda'), 'a file');
  expect(registerEnvironment(file, environment('a'))).toMatch(/environments.txt can't be written/);
});
