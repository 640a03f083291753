import { chmodSync, existsSync, lchownSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, type Ran, run, SAMPLE } from '../helpers/cli.ts';
import { treeOf } from '../helpers/tree.ts';

/** Who may do anything must become somebody else for this. */
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
const isReady = existsSync(CLI) && existsSync(SAMPLE) && process.platform !== 'win32';
let home: Home;
beforeAll(() => {
  home = makeHome();
});
afterAll(() => home.remove());

/** Runs `tconda ...args` without privileges. */
async function asUser(...args: readonly string[]): Promise<Ran> {
  const node = [process.execPath, CLI, ...args];
  const line = isRoot
    ? ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', ...node]
    : node;
  const [file = '', ...rest] = line;
  return await run(file, rest, home.env);
}

function give(directory: string): void {
  chmodSync(path.dirname(directory), 0o755);
  if (!isRoot) return;
  for (const name of treeOf(directory).keys()) lchownSync(path.join(directory, name), NOBODY, NOBODY);
  lchownSync(directory, NOBODY, NOBODY);
}

const CHANNEL = ['-O', '-c', SAMPLE];

describe.runIf(isReady)('what may not be written is told before the plan is shown', () => {
  test('an environment, the place of a new one, a directory in it', async () => {
    const prefix = home.prefix('env');
    await home.tconda('create', '-y', '-n', 'env', ...CHANNEL, 'ladder=1.9', 'links');
    give(home.directory);
    if ((await asUser('--version')).code !== 0) return;
    const before = treeOf(prefix);

    chmodSync(path.join(prefix, 'conda-meta'), 0o555);
    mkdirSync(path.join(home.directory, 'shut'), { mode: 0o555 });
    const commands = [
      ['install', '-n', 'env', ...CHANNEL, 'modes'],
      ['remove', '-n', 'env', 'links'],
      ['remove', '-n', 'env', '--all'],
      ['freeze', '-n', 'env'],
      ['env', 'config', 'vars', 'set', '-n', 'env', 'A=1'],
      ['create', '-p', path.join(home.directory, 'shut/new'), ...CHANNEL, 'modes'],
    ];
    for (const command of commands) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { code, stdout, stderr } = await asUser(...command);
      expect(`${code} ${stderr}`).toMatch(/^1 \nEnvironmentNotWritableError: You may not write to /);
      expect(stdout).not.toMatch(/Package Plan|Proceed/);
    }
    chmodSync(path.join(prefix, 'conda-meta'), 0o755);

    const inner = path.join(prefix, 'lib/links');
    chmodSync(inner, 0o555);
    const refused = await asUser('remove', '-y', '-n', 'env', 'links');
    expect(refused.stderr).toContain(`You may not write to ${inner} (EACCES)`);
    chmodSync(inner, 0o755);
    expect(treeOf(prefix)).toEqual(before);
    expect(readdirSync(path.join(prefix, 'conda-meta')).filter((name) => name.startsWith('.'))).toEqual([]);

    // Who needs nothing written is told no such thing.
    chmodSync(path.join(prefix, 'conda-meta'), 0o555);
    expect((await asUser('install', '-n', 'env', ...CHANNEL, 'ladder=1.9')).code).toBe(0);
    expect((await asUser('install', '-n', 'env', ...CHANNEL, 'modes', '--dry-run')).code).toBe(0);
    chmodSync(path.join(prefix, 'conda-meta'), 0o755);
  }, 60_000);

  test('init for all users, without the rights for it', async () => {
    const other = makeHome();
    const image = path.join(other.directory, 'image');
    mkdirSync(path.join(image, 'etc'), { recursive: true });
    give(other.directory);
    chmodSync(path.join(image, 'etc'), 0o555);
    const args = ['--root-prefix', other.root, '--system', '--system-root', image, 'fish'];
    const refused = await asUser('init', ...args);
    const file = path.join(image, 'etc/fish/conf.d/tconda.fish');
    expect(refused.stderr).toContain(`OperationNotAllowed: ${file} can't be written`);
    expect(refused.code).toBe(1);
    expect(existsSync(other.root)).toBe(false);
    expect((await asUser('init', '--dry-run', ...args)).stdout).toContain(`needs sudo    ${file}`);
    other.remove();
  });
});
