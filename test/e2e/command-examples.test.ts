import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { CommandEntry } from '../../src/commands/command-entry.ts';
import { COMMANDS } from '../../src/commands/table.ts';
import { CLI, type Home, makeHome, run } from '../helpers/cli.ts';
import { makePackage } from '../helpers/make-package.ts';

// Each example has all of this anew, which is quick where files are memory.
const MEMORY = '/dev/shm';
let home: Home;
let work: string;
let snapshot: string;
let env: NodeJS.ProcessEnv;

/** What is needed to understand an example: nothing else that it names is there, on this machine or on the network. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'python 3.12.1 0': ['openssl', 'zlib'],
  'python 3.13.0 0': ['openssl', 'zlib'],
  'numpy 1.26.0 0': ['python', 'libblas'],
  'numpy 2.1.0 0': ['python', 'libblas'],
  'scipy 1.14.0 0': ['numpy'],
  'libblas 3.9.0 0': [],
  'openssl 3.3.0 0': [],
  'zlib 1.3 h0_0': [],
  'ripgrep 14.0 0': [],
  'pip 24.0 0': [],
};

beforeAll(async () => {
  home = makeHome('home', {}, { below: existsSync(MEMORY) ? MEMORY : tmpdir() });
  work = path.join(home.directory, 'work');
  snapshot = path.join(path.dirname(home.directory), 'snapshot');
  const bin = path.join(home.directory, 'bin');
  const channel = path.join(home.directory, 'channels/conda-forge');
  for (const folder of [
    bin,
    work,
    `${work}/path/to`,
    `${work}/tree/share`,
    `${work}/patches`,
    `${work}/bin`,
  ]) {
    mkdirSync(folder, { recursive: true });
  }
  const write = (file: string, text: string): void => writeFileSync(path.join(work, file), text);
  write('../bin/tconda', `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
  write('../bin/tester', '#!/bin/sh\nexit 0\n');
  for (const name of ['tconda', 'tester']) chmodSync(path.join(bin, name), 0o755);
  for (const [spec, depends] of Object.entries(PACKAGES)) {
    const name = spec.replace(/ .*/, '').replace('ripgrep', 'rg');
    const files = { [`bin/${name}`]: { content: '#!/bin/sh\nexit 0\n', mode: 0o755 } };
    // oxlint-disable-next-line no-await-in-loop -- few and small
    await makePackage(path.join(channel, 'noarch'), spec, { files, index: { depends, subdir: 'noarch' } });
  }
  const channels = `file://${path.dirname(channel)}`;
  write('../.condarc', `channel_alias: ${channels}\nchannels: [conda-forge]\nalways_yes: true\n`);
  env = {
    ...home.env,
    PATH: `${bin}:${home.env['PATH'] ?? ''}`,
    SHELL: path.join(bin, 'tester'),
  };
  mkdirSync(path.join(home.directory, '.zfunc'));
  mkdirSync(path.join(home.directory, '.config/fish/completions'), { recursive: true });
  write('environment.yml', 'name: fresh\ndependencies: [numpy]\n');
  write('path/to/environment.yml', 'dependencies: [zlib]\n');
  write('index.json', '{"name": "mine", "version": "1.0", "build": "0", "subdir": "noarch"}');
  write('tree/share/mine.txt', 'mine');
  const lines = [
    `index '${channel}'`,
    'create -q -n myenv scipy numpy=1.26 python=3.12',
    'create -q -n myenv-new numpy',
    'create -q -n old zlib',
    'create -q -p ./env python ',
    'install -q -n base python=3.12',
    ...['install', 'remove', 'install'].map((name) => `${name} -q -n myenv ripgrep`),
    'list -n old --explicit > explicit.txt',
    'local old',
    `package extract '${channel}/noarch/zlib-1.3-h0_0.conda' zlib-1.3-h0_0`,
    'package compress zlib-1.3-h0_0 zlib-1.3-h0_0.tar.bz2',
    `index '${channel}' && cp -r '${channel}' channel && cp channel/noarch/zlib-1.3-h0_0.conda .`,
  ];
  for (const line of lines) {
    // oxlint-disable-next-line no-await-in-loop -- each needs those before it
    const { code, stderr } = await shell(`tconda ${line}`);
    if (code !== 0) throw new Error(`${line}: ${stderr}`);
  }
  write('../root/envs/myenv/own.txt', 'mine');
  cpSync(home.directory, snapshot, { recursive: true, verbatimSymlinks: true });
}, 120_000);
afterAll(() => home.remove());

const shell = (line: string): ReturnType<typeof run> => run('/bin/bash', ['-c', line], env, work);

function examplesOf(entries: readonly CommandEntry[]): readonly Promise<readonly string[]>[] {
  return entries.flatMap(({ load, commands = [] }) => [
    ...(load === undefined ? [] : [load().then(({ examples = [] }) => examples)]),
    ...examplesOf(commands),
  ]);
}

/** Examples that end with something else here, and why. */
const OTHERWISE: readonly (readonly [pattern: RegExp, code: number, said: RegExp])[] = [
  [/^tconda (?:de)?activate/, 1, /Run 'tconda init' before/],
  [/ outdated | diff /, 1, /^$/],
  [/^tconda package inspect https:/, 1, /^/],
  [/enable_long_path_support/, 1, /only Windows has a limit/],
  [/--cwd \/data/, 1, /\/data/],
  [/^tconda auth login/, 2, /--(?:token|password|s3-secret-access-key) is empty/],
  [/auth logout/, 1, /prefix\.dev/],
  [/ripgrep --version$/, 127, /ripgrep/],
];

const examples = [...new Set((await Promise.all(examplesOf(COMMANDS))).flat())];

describe.runIf(existsSync(CLI))('an example of the help can be typed as it stands', () => {
  // A server ends when it is ended, and the start files of this machine's users are none of a test's.
  test.each(examples.filter((line) => !/ serve | --system /.test(line)))('%s', async (line) => {
    rmSync(home.directory, { recursive: true });
    cpSync(snapshot, home.directory, { recursive: true, verbatimSymlinks: true });
    const { code, stderr } = await shell(line);
    const [, expected = 0, said = /^(?![^]*Error)/] = OTHERWISE.find(([pattern]) => pattern.test(line)) ?? [];
    expect({ code, stderr }).toEqual({ code: expected, stderr: expect.stringMatching(said) as unknown });
  });
});
