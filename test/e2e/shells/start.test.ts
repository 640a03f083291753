import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Home, makeHome, SAMPLE } from '../../helpers/cli.ts';
import { makeTools, TEST_SHELLS } from '../../helpers/shell.ts';

const ODD_VALUE = `it's "$HOME" !x \\ ünï  two`;
const hasStrace = spawnSync('strace', ['-V']).status === 0;

let home: Home;

beforeAll(async () => {
  home = makeHome("hö me's");
  await home.tconda('install', '-y', '-q', '-n', 'base', '-c', SAMPLE, '-O', 'meta');
  await home.tconda('create', '-y', '-q', '-n', 'one', '-c', SAMPLE, '-O', 'meta');
  await home.tconda('env', 'config', 'vars', 'set', '-n', 'base', `ODD=${ODD_VALUE}`, 'MINE=1');
  const scripts = path.join(home.root, 'etc/conda/activate.d');
  mkdirSync(scripts, { recursive: true });
  writeFileSync(path.join(scripts, '1.fish'), 'set -gx SEEN "on:$CONDA_PREFIX"\n');
  writeFileSync(path.join(scripts, '1.csh'), 'setenv SEEN "on:$CONDA_PREFIX"\n');
  writeFileSync(path.join(scripts, '1.sh'), 'SEEN="on:$CONDA_PREFIX"; export SEEN\n');
  await home.tconda('init', '--all');
}, 60_000);
afterAll(() => home.remove());

describe.each(TEST_SHELLS)('$title', (shell) => {
  test.runIf(shell.isThere)('starts in the base, and leaves it', async () => {
    const { seen, stdout } = await shell.type(
      [
        'show in CONDA_PREFIX CONDA_SHLVL CONDA_DEFAULT_ENV ODD MINE SEEN PATH',
        shell.prompt,
        'tconda deactivate',
        'show out CONDA_PREFIX CONDA_SHLVL ODD MINE PATH',
      ],
      withEnv({ ODD: 'before' }),
    );
    expect(seen).toMatchObject({
      'in.CONDA_PREFIX': home.root,
      'in.CONDA_SHLVL': '1',
      'in.CONDA_DEFAULT_ENV': 'base',
      'in.ODD': ODD_VALUE,
      'in.MINE': '1',
      'in.SEEN': `on:${home.root}`,
      'in.PATH': `${home.root}/bin:${home.root}/condabin:${makeTools(home)}`,
      'out.CONDA_PREFIX': '',
      'out.CONDA_SHLVL': '0',
      'out.ODD': 'before',
      'out.MINE': '',
      'out.PATH': `${home.root}/condabin:${makeTools(home)}`,
    });
    expect(stdout).toContain('prompt=[(base) ');
  });

  test.runIf(shell.isThere)('stays in the environment that it was started in', async () => {
    const one = home.prefix('one');
    const { seen, stdout } = await shell.type(
      ['show in CONDA_PREFIX CONDA_SHLVL MINE PATH', shell.prompt],
      withEnv({ CONDA_SHLVL: '1', CONDA_PREFIX: one, CONDA_PROMPT_MODIFIER: '(one) ' }),
    );
    expect(seen).toEqual({
      'in.CONDA_PREFIX': one,
      'in.CONDA_SHLVL': '1',
      'in.MINE': '',
      // What a login shell forgot is back.
      'in.PATH': `${one}/bin:${makeTools(home)}`,
    });
    expect(stdout).toContain('prompt=[(one) ');
  });

  test.runIf(shell.isThere)('does as settings say that were changed later', { timeout: 30_000 }, async () => {
    const condarc = path.join(home.directory, '.condarc');
    const show = ['show in CONDA_PREFIX ODD', shell.prompt];
    writeFileSync(condarc, 'auto_activate: false\n');
    const off = await shell.type(show, home);
    expect(off.seen['in.CONDA_PREFIX']).toBe('');
    writeFileSync(condarc, 'env_prompt: "<{default_env}> "\n');
    const other = await shell.type(show, home);
    expect(other.seen['in.CONDA_PREFIX']).toBe(home.root);
    expect(other.stdout).toContain('prompt=[<base>');
    rmSync(condarc);
    const back = await shell.type(show, home);
    expect(back.stdout).toContain('prompt=[(base) ');
    const variable = await shell.type(show, withEnv({ CONDA_AUTO_ACTIVATE_BASE: 'false' }));
    expect(variable.seen['in.CONDA_PREFIX']).toBe('');
    await home.tconda('env', 'config', 'vars', 'set', '-n', 'base', `ODD=${shell.name}`);
    const later = await shell.type(show, home);
    expect(later.seen['in.ODD']).toBe(shell.name);
    await home.tconda('env', 'config', 'vars', 'set', '-n', 'base', `ODD=${ODD_VALUE}`);
    await home.tconda('init', '--all');
  });
});

// xonsh starts programs by itself, now these, now those.
test.each(TEST_SHELLS.filter(({ name, isThere }) => isThere && hasStrace && name !== 'xonsh'))(
  '$name starts no process, and is in the base',
  async ({ name, type }) => {
    // Whatever an earlier test left behind is made anew by this one; in tcsh, which counts seconds, once they differ.
    await sleep(1100);
    await type(['true'], home);
    const env = { TERM: 'dumb', PATH: makeTools(home) };
    const started = count(name, { ...env, ENV: path.join(home.directory, '.profile') });
    const plain = count(name, { ...env, ENV: '', HOME: path.join(home.directory, 'elsewhere') });
    expect(started.processes - plain.processes).toBe(0);
    expect(started.output).toContain(`prefix=${home.root}`);
  },
);

function count(
  name: string,
  more: Readonly<Record<string, string>>,
): { readonly processes: number; readonly output: string } {
  const log = path.join(home.directory, 'strace.log');
  const words = ['-f', '-qq', '-e', 'trace=execve,fork,vfork,clone,clone3', '-e', 'signal=none', '-o', log];
  const typed = path.join(home.directory, 'typed-strace');
  writeFileSync(typed, 'echo "prefix=$CONDA_PREFIX"\n');
  const input = openSync(typed, 'r');
  const { stdout } = spawnSync('strace', [...words, name, '-i'], {
    env: { ...home.env, ...more },
    cwd: home.directory,
    stdio: [input, 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  closeSync(input);
  const lines = readFileSync(log, 'utf8').split('\n');
  // A thread of the shell itself is no process.
  const started = lines.filter(
    (line) => / (execve|v?fork|clone3?)\(/.test(line) && !line.includes('CLONE_THREAD'),
  );
  return { processes: started.length, output: stdout };
}

function withEnv(env: Readonly<Record<string, string>>): Home {
  return { ...home, env: { ...home.env, ...env } };
}
