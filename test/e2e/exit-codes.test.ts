import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { indexChannel } from '../../src/publish/index.ts';
import { CLI, type Home, makeHome, SAMPLE } from '../helpers/cli.ts';
import { makePackage } from '../helpers/make-package.ts';
import { treeOf } from '../helpers/tree.ts';

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

/** `terminal-interrupt.test.ts` presses Ctrl-C in every phase. */
const SIGNALS = [
  [129, 'SIGHUP', 'CondaSignalInterrupt: interrupted by SIGHUP'],
  [130, 'SIGINT', 'KeyboardInterrupt: interrupted'],
  [143, 'SIGTERM', 'CondaSignalInterrupt: interrupted by SIGTERM'],
] as const;

describe.runIf(isReady)('the process ends with', () => {
  test.each(ROWS.map(([code, ...args]) => ({ code, args })))('$code after $args', async ({ code, args }) => {
    const { code: own, signal, ...ran } = await home.tcondaIn(home.directory, ...args);
    // Who ends by a signal has no code of its own; a shell says it so.
    const status = signal === null ? own : 128 + constants.signals[signal];
    expect({ ...ran, status }).toMatchObject({ status: code });
  });

  test.each(SIGNALS)(
    '%i after %s while it links, and the environment is as before',
    async (code, signal, said) => {
      const channel = path.join(home.directory, 'slow');
      const log = path.join(home.directory, `began-${code}`);
      await makePackage(path.join(channel, 'linux-64'), `slow-${code} 1.0 0`, {
        index: { subdir: 'linux-64' },
        files: {
          [`bin/.slow-${code}-post-link.sh`]: { content: `touch '${log}'\nexec sleep 30\n`, mode: 0o755 },
        },
      });
      await makePackage(path.join(channel, 'noarch'), 'none 1.0 0');
      await indexChannel(channel);
      const before = treeOf(home.prefix('env'));
      const args = [CLI, 'install', '-y', '-n', 'env', '-O', '-c', channel, `slow-${code}`];
      const child = spawn(process.execPath, args, { env: home.env, stdio: ['ignore', 'ignore', 'pipe'] });
      const ended = Promise.all([new Promise((resolve) => child.on('close', resolve)), text(child.stderr)]);
      while (!existsSync(log)) {
        // oxlint-disable-next-line no-await-in-loop -- until the script runs
        await sleep(20);
      }
      child.kill(signal);
      expect(await ended).toEqual([code, `\n${said}\n\n`]);
      expect(treeOf(home.prefix('env'))).toEqual(before);
    },
  );

  test('each of the codes that docs/exit-codes.md knows', () => {
    const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/exit-codes.md'), 'utf8');
    const documented = [...page.matchAll(/^\| (\d+)(?:, (\d+))? +\|/gm)].flatMap((row) =>
      row.slice(1).filter(Boolean),
    );
    const tested = new Set([...ROWS, ...SIGNALS].map(([code]) => String(code)));
    expect(documented.filter((code) => !tested.has(code))).toEqual([]);
    expect(documented).toContain('127');
  });
});
