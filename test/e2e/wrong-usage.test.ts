import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, run, SAMPLE } from '../helpers/cli.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
let home: Home;

beforeAll(async () => {
  if (!isReady) return;
  home = makeHome('home', { CONDA_CHANNELS: SAMPLE, CONDA_ADD_PIP_AS_PYTHON_DEPENDENCY: 'false' });
  mkdirSync(home.directory, { recursive: true });
  await home.tconda('create', '-q', '-y', '-n', 'env', 'greet=1.1');
  await home.tconda('create', '-q', '-y', '-n', 'empty');
}, 60_000);
afterAll(() => {
  if (isReady) home.remove();
});

describe.runIf(isReady)('what can’t be meant is refused, and an environment that is not there', () => {
  const cases: readonly (readonly [line: string, code: number, error: RegExp])[] = [
    ['tree -n nosuch', 1, /EnvironmentLocationNotFound/],
    ['tree -n env nosuch', 1, /PackageNotInstalledError/],
    ['why -n env', 2, /missing required argument 'name'/],
    ['why -n nosuch greet', 1, /EnvironmentLocationNotFound/],
    ['why -n empty greet', 1, /PackageNotInstalledError/],
    ['why -n env greet python', 2, /too many arguments/],
    ['outdated -n nosuch', 1, /EnvironmentLocationNotFound/],
    ['owns', 2, /missing required argument/],
    ['owns /no/such/file', 1, /There is no file/],
    ['owns ', 2, /a path is empty/],
    ['diff env', 2, /missing required argument 'second'/],
    ['diff env nosuch', 1, /EnvironmentLocationNotFound/],
    ['history -n nosuch', 1, /EnvironmentLocationNotFound/],
    ['undo -n empty', 1, /There is no change to take back/],
    ['exec', 2, /missing required argument 'program'/],
    ['exec ', 2, /the name of the program is empty/],
    ['run -n env ', 2, /ArgumentError/],
    ['shell nosuch', 1, /EnvironmentLocationNotFound/],
    ['shell -n env empty', 2, /-n and -p name the environment already/],
    ['shell activate -s bash -n env empty', 2, /-n and -p name the environment already/],
    ['completion', 2, /which shell is not known/],
    ['completion nosuch', 2, /none of the shells/],
    ['config offline', 2, /unrecognized arguments: offline/],
    ['config --show --set offline true', 2, /not allowed together: --show, a change/],
    ['config --system --file x --get', 2, /not allowed together: --file, --system/],
    ['config set offline', 2, /missing required argument 'value'/],
    ['config append offline x', 1, /not a known sequence parameter/],
    ['install -n env --freeze-installed --all', 2, /cannot be used with/],
    ['nosuch', 2, /there is no command 'nosuch'/],
  ];
  test.each(cases)('%s', async (line, code, error) => {
    const args = line.split(' ');
    const asText = await home.tconda(...args);
    expect({ code: asText.code, stdout: asText.stdout }).toEqual({ code, stdout: '' });
    expect(asText.stderr).toMatch(error);
    const asJson = await home.tconda('--json', ...args);
    expect(asJson.code).toBe(code);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ error: expect.stringMatching(error) as unknown });
  });
});

describe.runIf(isReady)('a program tconda-NAME on PATH', () => {
  test('is a command, with its options and its exit code', async () => {
    const bin = path.join(home.directory, 'bin');
    mkdirSync(path.join(bin, 'tconda-folder'), { recursive: true });
    writeFileSync(path.join(bin, 'tconda-foo'), '#!/bin/sh\necho "$@"\nexit 7\n');
    chmodSync(path.join(bin, 'tconda-foo'), 0o755);
    writeFileSync(path.join(bin, 'tconda-plain'), '');
    const env = { ...home.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    const call = (...args: readonly string[]): ReturnType<typeof run> =>
      run(process.execPath, [CLI, ...args], env);
    expect(await call('--json', 'foo', '-n', 'x', '--help')).toMatchObject({
      code: 7,
      stdout: '--json -n x --help\n',
    });
    expect(await call('plain')).toMatchObject({ code: 2 });
    expect(await call('folder')).toMatchObject({ code: 2 });
  });
});

describe.runIf(isReady)('owns', () => {
  test('looks in the environment that is named, for what is not here', async () => {
    expect((await home.tconda('owns', '-n', 'env', 'bin/greet')).stdout).toMatch(/: greet-1\.1\.0-pyhd_0\n$/);
    expect(await home.tconda('owns', 'bin/greet')).toMatchObject({ code: 1 });
  });
});
