import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, run, SAMPLE } from '../../helpers/cli.ts';
import { hasTmux, openTerminal } from '../../helpers/terminal.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;
let home: Home;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  home = makeHome();
  const bin = path.join(home.directory, 'bin');
  mkdirSync(path.join(home.directory, 'work', 'demo'), { recursive: true });
  mkdirSync(bin);
  writeFileSync(path.join(home.directory, 'work', 'file.yml'), '');
  writeFileSync(path.join(bin, 'tconda'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
  chmodSync(path.join(bin, 'tconda'), 0o755);
  env = { ...home.env, PATH: `${bin}:${home.env['PATH'] ?? ''}` };
  if (isReady) {
    const channel = ['--override-channels', '-c', pathToFileURL(SAMPLE).href];
    await home.tconda('create', '-y', '-n', 'demo', ...channel, 'ladder', 'links');
  }
});
afterAll(() => home.remove());

describe.runIf(isReady)('a half typed command line', () => {
  test.each([
    [['cre'], ['create']],
    [['env', 'l'], ['list']],
    [['help', 'env', 'l'], ['list']],
    [['outdated', '-n', 'demo', 'la'], ['ladder']],
    [['shell', 'completion', 'z'], ['zsh']],
    [['shell', 'completion', '-s', 'z'], ['zsh']],
    [['completion', '--shell=z'], ['--shell=zsh']],
    [['init', '--system-'], ['--system-root']],
    [['env', 'config', 'vars', 's'], ['set']],
    [['list', '-n', 'd'], ['demo']],
    [['list', '--name=d'], ['--name=demo']],
    [['activate', 'de'], ['demo']],
    [['create', '--clone', 'd'], ['demo']],
    [['create', '--dry'], ['--dry-run']],
    [['--vers'], ['--version']],
    [
      ['remove', '-n', 'demo', 'l'],
      ['ladder', 'links'],
    ],
    [['remove', '--name=demo', 'la'], ['ladder']],
    [['update', '-y', '-n', 'demo', 'la'], ['ladder']],
    [
      ['export', '--format', 'environment-'],
      ['environment-yaml', 'environment-json'],
    ],
    [['create', '--subdir', 'win-a'], ['win-arm64']],
    [
      ['install', '--channel-priority', ''],
      ['strict', 'flexible', 'disabled'],
    ],
    [['config', '--get', 'channel_p'], ['channel_priority']],
    [['config', '--show', 'auto_act'], ['auto_activate']],
    [['completion', 'z'], ['zsh']],
    [['init', 'z'], ['zsh']],
    [['-r', '/nowhere', 'inst'], ['install']],
    [['-v', 'inst'], ['install']],
    // Files, which the shell knows.
    [['create', '--file', 'x'], ['']],
    [['run', '-n', 'demo', 'x', '--', '--x'], ['']],
    [['remove', '-n', 'nosuch', 'l'], ['']],
  ])('%j', async (words, expected) => {
    const { stdout, stderr } = await home.tconda('complete', '--', ...words);
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toEqual(expected);
  });

  test('bash takes words with = apart, and gets the part it wants', async () => {
    const script = `eval "$(tconda completion bash)"; set -u
      try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tconda; echo "\${COMPREPLY[*]-}"; }
      try tconda inst; try tconda list --name = d; try tconda export --format =; try tconda create --file x; complete -p tconda`;
    const { stdout, stderr } = await run('bash', ['-c', script], env, path.join(home.directory, 'work'));
    expect(stderr).toBe('');
    expect(stdout.split('\n')).toEqual([
      'install',
      'demo',
      expect.stringMatching(/^environment-yaml yaml /),
      '',
      'complete -o default -F _tconda tconda',
      '',
    ]);
  });

  test.runIf(has('fish'))('fish', async () => {
    const script = `tconda completion fish | source
      for line in 'tconda inst' 'tconda env li' 'tconda list -n d' 'tconda create --file fi' 'tconda env remove --name=d'
        complete -C $line
      end`;
    const { stdout } = await run('fish', ['-c', script], env, path.join(home.directory, 'work'));
    expect(stdout.trim().split('\n')).toEqual(['install', 'list', 'demo', 'file.yml', '--name=demo']);
  });

  test('PowerShell is given code that asks for the same', async () => {
    expect((await home.tconda('completion', 'powershell')).stdout).toMatch(
      /^Register-ArgumentCompleter -Native -CommandName tconda/,
    );
  });
});

describe.runIf(isReady && hasTmux)('the Tab key', () => {
  test.runIf(has('zsh')).each([
    ['bash', 'bash --norc --noprofile', 'eval "$(tconda completion bash)"'],
    ['zsh', 'zsh -f', 'autoload -U compinit; compinit -u; eval "$(tconda completion zsh)"'],
  ])('of %s', async (_, start, setup) => {
    const shown = openTerminal({ env, cwd: path.join(home.directory, 'work') });
    try {
      shown.type(start);
      shown.type(`PS1='in> '; ${setup}; clear; echo re''ady`);
      await shown.waitFor(/^ready/m);
      for (const [typed, completed] of [
        ['tconda instal', /in> tconda install $/m],
        ['tconda env lis', /in> tconda env list $/m],
        ['tconda list -n dem', /in> tconda list -n demo $/m],
        ['tconda list --name=dem', /in> tconda list --name=demo $/m],
        ['tconda remove -n demo ladd', /in> tconda remove -n demo ladder $/m],
        ['tconda create --file fil', /in> tconda create --file file\.yml $/m],
      ] as const) {
        shown.press('C-u');
        shown.press('C-l');
        // oxlint-disable-next-line no-await-in-loop
        await shown.waitFor(/in>\s*$/);
        shown.typeKeys(typed);
        shown.press('Tab');
        // The blank behind it shows when something follows.
        shown.typeKeys('.');
        // oxlint-disable-next-line no-await-in-loop
        await shown.waitFor(/in> .*\.$/m);
        expect(shown.screen()).toMatch(new RegExp(completed.source.replace(/\$$/, String.raw`\.`), 'm'));
      }
    } finally {
      shown.close();
    }
  });
});
