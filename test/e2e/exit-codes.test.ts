import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, SAMPLE } from '../helpers/cli.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
let home: Home;

beforeAll(async () => {
  if (!isReady) return;
  home = makeHome();
  const made = await home.tconda('create', '-q', '-y', '-n', 'env', '-O', '-c', SAMPLE, 'ladder=1.9');
  if (made.code !== 0) throw new Error(made.stderr);
  await home.tconda('create', '-q', '-y', '-n', 'other', '-O', '-c', SAMPLE, 'links');
  writeFileSync(path.join(home.directory, '.condarc'), `channels:\n  - ${SAMPLE}\n`);
  writeFileSync(path.join(home.directory, 'other.yml'), 'dependencies:\n  - links\n');
  writeFileSync(path.join(home.directory, 'broken.conda'), 'no archive');
}, 60_000);
afterAll(() => home.remove());

/** Code 130 is that of Ctrl-C, which `terminal.test.ts` sends in every phase. */
const ROWS: readonly (readonly [code: number, ...args: readonly string[]])[] = [
  [0, 'install', '-n', 'env', '-y', 'ladder=1.9'],
  [0, 'install', '-n', 'env', '--dry-run', 'deep'],
  [0, 'install', '-n', 'env', '--download-only', 'deep'],
  [1, 'remove', '-n', 'env', '--all'],
  [1, 'install', '-n', 'env', '-y', 'no-such-package'],
  [1, 'list', '-n', 'no-such-environment'],
  [1, 'compare', '-n', 'env', 'other.yml'],
  [1, 'diff', 'env', 'other'],
  [1, 'outdated', '-n', 'env'],
  [1, 'owns', 'root/envs/env/conda-meta/history'],
  [1, 'package', 'verify', 'broken.conda'],
  [2, 'install', '--no-such-option'],
  [2, 'no-such-command'],
  [2, 'create'],
  [126, 'run', '-n', 'env', './other.yml'],
  [127, 'run', '-n', 'env', 'no-such-program'],
  [7, 'run', '-n', 'env', 'sh', '-c', 'exit 7'],
  [143, 'run', '-n', 'env', 'sh', '-c', 'kill -TERM $$'],
];

describe.runIf(isReady)('the process ends with', () => {
  test.each(ROWS.map(([code, ...args]) => ({ code, args })))('$code after $args', async ({ code, args }) => {
    const { code: own, signal, ...ran } = await home.tcondaIn(home.directory, ...args);
    // Who ends by a signal has no code of its own; a shell says it so.
    const status = signal === null ? own : 128 + constants.signals[signal];
    expect({ ...ran, status }).toMatchObject({ status: code });
  });

  test('each of the codes that docs/exit-codes.md knows', () => {
    const text = readFileSync(path.resolve(import.meta.dirname, '../../docs/exit-codes.md'), 'utf8');
    const documented = [...text.matchAll(/^\| (\d+)(?:, (\d+))? +\|/gm)].flatMap((row) =>
      row.slice(1).filter(Boolean),
    );
    const tested = new Set([...ROWS.map(([code]) => String(code)), '130']);
    expect(documented.filter((code) => !tested.has(code))).toEqual([]);
    expect(documented).toContain('127');
  });
});
