import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import {
  activate,
  type ActivationSettings,
  deactivate,
  formatActivation,
  loadEnvironment,
  previousPrefix,
  SHELLS,
  type ShellName,
  type ShellState,
} from '../../src/shell/index.ts';

let root: string;
let prefix: string;
const odd = `it's "$HOME" \`date\` !x \\ ünï`;

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'tconda-shell-'));
  prefix = path.join(root, "envs/a b'c");
  const scripts = path.join(prefix, 'etc/conda');
  mkdirSync(path.join(scripts, 'activate.d'), { recursive: true });
  mkdirSync(path.join(scripts, 'deactivate.d'));
  mkdirSync(path.join(scripts, 'env_vars.d'));
  mkdirSync(path.join(prefix, 'conda-meta'));
  writeFileSync(path.join(scripts, 'activate.d/1.sh'), 'SEEN="${SEEN-}on:$CONDA_PREFIX;"; export SEEN\n');
  writeFileSync(path.join(scripts, 'deactivate.d/1.sh'), 'SEEN="${SEEN-}off:$CONDA_PREFIX;"; export SEEN\n');
  writeFileSync(path.join(scripts, 'activate.d/1.fish'), 'set -gx SEEN "on:$CONDA_PREFIX;"\n');
  writeFileSync(path.join(scripts, 'env_vars.d/p.json'), JSON.stringify({ ODD: odd }));
  writeFileSync(path.join(prefix, 'conda-meta/state'), JSON.stringify({ env_vars: { mine: 'x' } }));
});
afterAll(() => rmSync(root, { recursive: true }));

const has = (program: string): boolean => spawnSync(program, ['-c', 'exit 0']).status === 0;

describe.each([
  ['bash', 'posix', ['--norc', '-eu']],
  ['dash', 'posix', ['-eu']],
  ['zsh', 'posix', ['-eu']],
  ['fish', 'fish', []],
] as const)('%s', (program, name, args) => {
  test.runIf(has(program))('is as it was after activate and deactivate', () => {
    const env = { PATH: '/usr/bin:/bin', HOME: root, PS1: '$ ', ODD: 'before' };
    const on = code(name, { ...env }, 'activate');
    const entered = run(program, args, `${on}env`, env);
    expect(entered['CONDA_PREFIX']).toBe(prefix);
    expect(entered['CONDA_DEFAULT_ENV']).toBe("a b'c");
    expect(entered['ODD']).toBe(odd);
    expect(entered['MINE']).toBe('x');
    expect(entered['SEEN']).toBe(`on:${prefix};`);
    expect(entered['PATH']).toBe(`${prefix}/bin:${root}/condabin:/usr/bin:/bin`);

    const off = code(name, { ...env, ...entered }, 'deactivate');
    const left = run(program, args, `${on}${off}env`, env);
    expect(left['ODD']).toBe('before');
    expect(left['MINE'] ?? '').toBe('');
    expect(left['CONDA_PREFIX'] ?? '').toBe('');
    expect(left['CONDA_SHLVL']).toBe('0');
    expect(left['PATH']).toBe(`${root}/condabin:/usr/bin:/bin`);
    expect(left['SEEN']).toBe(name === 'posix' ? `on:${prefix};off:${prefix};` : `on:${prefix};`);
  });
});

function code(name: ShellName, env: Record<string, string>, op: 'activate' | 'deactivate'): string {
  const shell: ShellState = { platform: 'unix', env, promptVariable: SHELLS[name].promptVariable };
  const settings: ActivationSettings = {
    rootPrefix: root,
    changePs1: true,
    envPrompt: '({default_env}) ',
    clientVariables: new Map(),
  };
  const state = loadEnvironment(prefix, { platform: 'unix', forceUppercase: true });
  const change =
    op === 'activate'
      ? activate(state, undefined, false, shell, settings)
      : deactivate(state, undefined, shell, settings);
  expect(previousPrefix(shell)).toBeUndefined();
  return formatActivation(change, name, 'unix');
}

function run(
  program: string,
  args: readonly string[],
  script: string,
  env: Record<string, string>,
): Record<string, string> {
  const result = spawnSync(program, [...args, '-c', script], { env, encoding: 'utf8' });
  expect(result.stderr).toBe('');
  expect(result.status).toBe(0);
  return Object.fromEntries(
    result.stdout.split('\n').map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]),
  );
}
