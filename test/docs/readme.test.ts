import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, DEBIAN, type Home, makeHome } from '../helpers/cli.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const isReady = existsSync(CLI) && existsSync(path.join(DEBIAN, 'linux-64', 'repodata.json'));
const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');

interface Step {
  readonly command: string;
  /** What stands below it; `...` for lines that are left out. */
  readonly shown: readonly string[];
}

/** What is typed on the first page, in order. A prompt in parentheses is that of an environment. */
const steps = [...readme.matchAll(/^```\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']): readonly Step[] => {
  const found: { command: string; shown: string[] }[] = [];
  for (const line of block.trimEnd().split('\n')) {
    const [, command] = /^(?:\(\w+\) )?\$ (.*)$/.exec(line) ?? [];
    if (command === undefined) found.at(-1)?.shown.push(line);
    else found.push({ command, shown: [] });
  }
  return found;
});

let home: Home;
let env: NodeJS.ProcessEnv;

beforeAll(() => {
  home = makeHome();
  const bin = path.join(home.directory, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(path.join(bin, 'tconda'), `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
  chmodSync(path.join(bin, 'tconda'), 0o755);
  const channels = path.join(home.directory, 'channels');
  mkdirSync(channels);
  symlinkSync(DEBIAN, path.join(channels, 'debian'));
  writeFileSync(
    path.join(home.directory, '.condarc'),
    `channels: [debian]\ncustom_channels: { debian: '${pathToFileURL(channels).href}' }\nalways_yes: true\n`,
  );
  env = { ...home.env, PATH: `${bin}:${home.env['PATH'] ?? ''}` };
});
afterAll(() => home.remove());

describe.runIf(isReady)('the first page', () => {
  test('can be typed, and prints what it says', () => {
    expect(steps.map(({ command }) => command)).toContain('tconda activate demo');
    // One shell: what is activated stays so.
    const marks = steps.map(({ command }, at) => {
      // The first minute begins on a machine that has nothing yet.
      const before = command.startsWith('tconda create -n demo ') ? 'rm -rf "$TCONDA_ROOT_PREFIX"\n' : '';
      return `${before}echo "<<${at}>>"\n${command}`;
    });
    const ran = spawnSync('bash', ['--norc'], {
      env: { ...env, PS1: '' },
      cwd: home.directory,
      input: `exec 2>&1\n${marks.join('\n')}\n`,
      encoding: 'utf8',
    });
    const printed = ran.stdout.split(/^<<\d+>>\n/m).slice(1);
    for (const [at, { command, shown }] of steps.entries()) {
      const output = (printed[at] ?? '').replaceAll(/[ \t]+$/gm, '');
      const lines = shown.filter((line) => line.trim() !== '' && line !== '...').map(asPattern);
      for (const line of lines) expect(output, `$ ${command}`).toMatch(line);
      expect(output, `$ ${command}`).not.toMatch(/UnexpectedError|command not found/);
    }
  }, 120_000);
});

/** The line, whatever the digests, sizes and places are. */
function asPattern(line: string): RegExp {
  const pattern = line
    .trimEnd()
    .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('/home/ada/tconda', String.raw`\S+`)
    .replaceAll(/\d+(?:\\\.\d+)? MB/g, String.raw`[\d.]+ MB`)
    .replaceAll(/\bh[\da-f]{7}_/g, String.raw`h[\da-f]{7}_`)
    .replaceAll(/py311h[\da-f]{7}_/g, String.raw`py311h[\da-f]{7}_`)
    .replaceAll(/ {2,}/g, ' +');
  return new RegExp(`^${pattern}$`, 'm');
}
