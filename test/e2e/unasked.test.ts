import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, type Ran, run, SAMPLE } from '../helpers/cli.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
let home: Home;

beforeAll(async () => {
  home = makeHome();
  if (!isReady) return;
  mkdirSync(home.directory, { recursive: true });
  writeFileSync(path.join(home.directory, '.condarc'), `channels:\n  - ${SAMPLE}\n`);
  writeFileSync(path.join(home.directory, 'env.yml'), 'name: env\ndependencies:\n  - links\n');
  const made = await home.tconda('create', '-q', '-y', '-n', 'env', 'greet', 'links');
  if (made.code !== 0) throw new Error(made.stderr);
  await home.tconda('create', '-q', '-n', 'other');
  writeFileSync(path.join(home.prefix('env'), 'mine.txt'), 'not of a package\n');
}, 60_000);
afterAll(() => home.remove());

/** Each would take something away. */
const DESTRUCTIVE: readonly (readonly string[])[] = [
  ['remove', '-n', 'env', 'greet'],
  ['uninstall', '-n', 'env', 'greet'],
  ['remove', '-n', 'env', '--force', 'greet'],
  ['remove', '-n', 'env', '--all'],
  ['remove', '-n', 'env', '--all', '--keep-env'],
  ['env', 'remove', '-n', 'env'],
  ['create', '-n', 'env', 'ladder'],
  ['create', '-n', 'env', '--clone', 'other'],
  ['env', 'create', '-f', 'env.yml'],
  ['clean', '--all'],
  ['clean', '--index-cache'],
  ['clean', '--force-pkgs-dirs'],
  ['package', '-n', 'env', '--reset'],
];

const inHome = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
  run(process.execPath, [CLI, ...args], { ...home.env, ...env }, home.directory);

/** All that the commands could take away. */
function state(): readonly string[] {
  return [home.prefix('env'), path.join(home.root, 'pkgs')].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => !/\.lock$|cache|urls/.test(file))
      .toSorted(),
  );
}

describe.runIf(isReady)('without a terminal', () => {
  test.each(DESTRUCTIVE.map((args) => ({ args })))('$args needs -y', async ({ args }) => {
    const before = state();
    const { code, stdout, stderr } = await inHome(args);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /^\nOperationNotAllowed: [^\n]+ needs a yes, and there is no terminal to ask on\n\nAdd -y [^\n]+\n\n$/,
      ) as string,
    });
    expect(stdout).not.toMatch(/\?/);
    expect(state()).toEqual(before);
  });

  test.each(DESTRUCTIVE.map((args) => ({ args })))('$args --dry-run needs nothing', async ({ args }) => {
    const before = state();
    const { code, stderr } = await inHome([...args, '--dry-run']);
    expect(stderr).not.toContain('needs a yes');
    // conda plans no environment over another one.
    expect(code).toBe(args.includes('create') ? 1 : 0);
    expect(state()).toEqual(before);
  });

  test('an explicit no in the settings is no yes', async () => {
    const ran = await inHome(['remove', '-n', 'env', 'greet'], { CONDA_ALWAYS_YES: 'false' });
    expect(ran).toMatchObject({ code: 1 });
  });

  test('what is in a pipe is for whoever reads it after us', async () => {
    const script = `printf 'y\\nleft\\n' | (node '${CLI}' remove -n env greet; node '${CLI}' install -n env deep; cat)`;
    const { stdout, stderr } = await run('/bin/sh', ['-c', script], home.env, home.directory);
    expect(stderr).toContain('OperationNotAllowed');
    expect(stdout).toContain('y\nleft\n');
    expect(existsSync(path.join(home.prefix('env'), 'bin/greet'))).toBe(true);
  });

  test('an open pipe in which nothing ever comes is not waited for', async () => {
    const child = spawn(process.execPath, [CLI, 'remove', '-n', 'env', 'greet'], { env: home.env });
    const code = await new Promise((resolve) => child.on('close', resolve));
    child.stdin.destroy();
    expect(code).toBe(1);
  });

  test('what only adds or changes goes on, and says no question', async () => {
    for (const args of [
      ['create', '-n', 'second', 'ladder=1.9'],
      ['install', '-n', 'second', 'links'],
      ['update', '-n', 'second', '--all'],
      ['undo', '-n', 'second'],
      ['install', '-n', 'second', '--revision', '1'],
      ['create', '-n', 'second', '--if-missing'],
      ['create', '-n', 'second', '--update-existing', 'greet'],
      ['create', '-n', 'second', '--replace', 'greet'],
      ['create', '-n', 'third', '--clone', 'second'],
      ['rename', '-n', 'third', 'fourth'],
      ['env', 'update', '-n', 'second', '-f', 'env.yml'],
    ]) {
      // oxlint-disable-next-line no-await-in-loop
      const { code, stdout, stderr } = await inHome(args);
      expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
      expect(stdout).not.toMatch(/\?/);
    }
  });

  test.each([
    [['-y'], {}],
    [[], { CONDA_ALWAYS_YES: '1' }],
    [[], { TCONDA_ALWAYS_YES: 'true' }],
    [['--json'], {}],
  ] as const)('%j with %j removes', async (more, variables) => {
    await inHome(['install', '-q', '-y', '-n', 'env', 'greet']);
    const ran = await inHome(['remove', '-n', 'env', 'greet', ...more], variables);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(path.join(home.prefix('env'), 'bin/greet'))).toBe(false);
  });

  test('always_yes of a file is a yes', async () => {
    writeFileSync(path.join(home.directory, 'yes.yml'), 'always_yes: true\n');
    expect(
      await inHome(['env', 'remove', '-n', 'env'], { CONDARC: path.join(home.directory, 'yes.yml') }),
    ).toMatchObject({ code: 0 });
    expect(existsSync(home.prefix('env'))).toBe(false);
  });
});
