import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import {
  activate,
  answerNushell,
  type ActivationSettings,
  activationToJson,
  applyActivation,
  deactivate,
  type EnvironmentState,
  formatActivation,
  formatHook,
  loadEnvironment,
  previousPrefix,
  type ShellName,
  type ShellState,
} from '../../src/shell/index.ts';

const settings: ActivationSettings = {
  rootPrefix: '/opt/conda',
  changePs1: true,
  envPrompt: '({stacked_env}) ',
  clientVariables: new Map([['TCONDA_EXE', '/bin/tconda']]),
};
const one = environment('/opt/conda/envs/one', { variables: new Map([['A', `x"y'$z`]]) });
const two = environment('/opt/conda/envs/two', { activateScripts: ['/s/a.sh', '/s/a.fish', '/s/a.ps1'] });

test.each(['posix', 'csh', 'fish', 'xonsh', 'powershell', 'nushell', 'cmd.exe'] as const)(
  'activate in %s',
  (name) => {
    const change = activate(one, undefined, false, shell(name), settings);
    expect(formatActivation(change, name, 'unix')).toMatchSnapshot();
  },
);

test('stacked names stand in the prompt, and go one by one', () => {
  const first = shell('posix');
  const env = { ...first.env, ...applied(activate(one, undefined, false, first, settings)) };
  const second = { ...first, env };
  const stacked = activate(two, one, true, second, settings);
  expect(stacked.set.get('PS1')).toBe('(two,one) $ ');
  expect(stacked.path?.slice(0, 2)).toEqual(['/opt/conda/envs/two/bin', '/opt/conda/envs/one/bin']);
  expect(activationToJson(stacked, 'fish')['scripts']).toEqual({ activate: ['/s/a.fish'], deactivate: [] });

  const third = { ...first, env: { ...env, ...applied(stacked) } };
  expect(previousPrefix(third)).toBe(one.prefix);
  const back = deactivate(two, one, third, settings);
  expect(back.set.get('PS1')).toBe('(one) $ ');
  expect(back.path?.[0]).toBe('/opt/conda/envs/one/bin');
  expect(back.unset).toEqual(['CONDA_PREFIX_1', 'CONDA_STACKED_2']);
});

test('a value kept by an older activation does not come back', () => {
  const stale = { ...shell('posix'), env: { __CONDA_SHLVL_0_A: 'stale', PATH: '/bin' } };
  expect(activate(one, undefined, false, stale, settings).unset).toEqual(['__CONDA_SHLVL_0_A']);
});

test('a shell in disorder is an error and no guess', () => {
  const broken = { ...shell('posix'), env: { CONDA_SHLVL: '2', CONDA_PREFIX: '/x' } };
  expect(() => previousPrefix(broken)).toThrow('CONDA_SHLVL is 2, but CONDA_PREFIX_1 is not set');
});

test('foreign entries between those of an environment stay', () => {
  const env = { PATH: '/opt/conda/envs/one/bin:/mine:/bin', CONDA_SHLVL: '1', CONDA_PREFIX: one.prefix };
  const change = activate(two, one, false, { ...shell('posix'), env }, settings);
  expect(change.path).toEqual(['/opt/conda/envs/two/bin', '/mine', '/bin']);
});

test('cmd.exe cannot hold a line break, and says so', () => {
  const broken = environment('/e', { variables: new Map([['A', 'x\ny']]) });
  const change = activate(broken, undefined, false, shell('cmd.exe'), settings);
  expect(() => formatActivation(change, 'cmd.exe', 'windows')).toThrow('line break in A');
});

test.each(['posix', 'csh', 'fish', 'xonsh', 'powershell', 'nushell', 'cmd.exe'] as const)(
  'the hook of %s',
  (name) => {
    const hook = formatHook(name, {
      clientVariables: settings.clientVariables,
      command: ["/it's here/node", '/a $b/tconda'],
      names: ['tconda', 'conda'],
      folder: '/opt/conda/etc/profile.d',
      condabin: '/opt/conda/condabin',
      activate: 'base',
    });
    expect(hook.text).toMatchSnapshot('text');
    const files = [...hook.files].map(([file, content]) => `== ${file}\n${content}`);
    expect(files.join('\n')).toMatchSnapshot('files');
  },
);

test('nushell gets several changes as one record', () => {
  const first = shell('nushell');
  const on = activate(one, undefined, false, first, settings);
  const off = deactivate(one, undefined, applyActivation(first, on), settings);
  const { text } = answerNushell([on, off], first, undefined);
  const json = JSON.parse(text) as Record<string, unknown>;
  expect(json).toMatchObject({
    CONDA_SHLVL: '0',
    CONDA_PREFIX: null,
    A: null,
    PATH: ['/opt/conda/condabin', '/usr/bin', '/bin'],
  });
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tconda-state-'));
  mkdirSync(path.join(folder, 'etc/conda/env_vars.d'), { recursive: true });
  mkdirSync(path.join(folder, 'conda-meta'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('broken and dangerous variables are left out with a warning', () => {
  writeFileSync(path.join(folder, 'etc/conda/env_vars.d/a.json'), '{ not json');
  writeFileSync(path.join(folder, 'etc/conda/env_vars.d/b.json'), '{"B": "1", "PATH": "/evil", "x;y": "z"}');
  writeFileSync(path.join(folder, 'conda-meta/state'), '{"env_vars": {"b": "2", "GONE": "***unset***"}}');
  const state = loadEnvironment(folder, { platform: 'unix', forceUppercase: true });
  expect(state.variables).toEqual(
    new Map([
      ['B', '2'],
      ['GONE', '***unset***'],
    ]),
  );
  expect(state.warnings).toHaveLength(4);
  const change = activate(state, undefined, false, shell('posix'), settings);
  expect(change.exports.has('GONE')).toBe(false);
});

test('an empty prefix has nothing to say', () => {
  const state = loadEnvironment(path.join(folder, 'none'), { platform: 'windows', forceUppercase: true });
  expect(state).toEqual(environment(path.join(folder, 'none')));
});

function environment(prefix: string, fields: Partial<EnvironmentState> = {}): EnvironmentState {
  return {
    prefix,
    variables: new Map(),
    activateScripts: [],
    deactivateScripts: [],
    libraryVariant: undefined,
    warnings: [],
    ...fields,
  };
}

function shell(name: ShellName): ShellState {
  const promptVariable = name === 'posix' ? 'PS1' : undefined;
  return { platform: 'unix', env: { PATH: '/usr/bin:/bin', PS1: '$ ' }, promptVariable };
}

function applied(change: {
  path: readonly string[] | undefined;
  exports: ReadonlyMap<string, string>;
  set: ReadonlyMap<string, string>;
}) {
  return {
    ...Object.fromEntries(change.exports),
    ...Object.fromEntries(change.set),
    PATH: change.path?.join(':'),
  };
}
