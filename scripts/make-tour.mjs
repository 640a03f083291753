#!/usr/bin/env node
// Runs the commands of docs/tour.md and writes what they print below them. With --check nothing is written; it ends with 1
// where that is not what stands there. Needs the built program and the sample channel.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { ROOT } from './lib/run.mjs';

const { values } = parseArgs({ options: { check: { type: 'boolean' } } });
const page = path.join(ROOT, 'docs/tour.md');
const cli = path.join(ROOT, JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')).bin.tconda);
const channel = path.join(ROOT, 'channels/sample/build');
for (const needed of [cli, channel]) {
  if (existsSync(needed)) continue;
  process.stderr.write(`tour: there is no ${path.relative(ROOT, needed)}: npm run bootstrap\n`);
  process.exit(1);
}

const before = readFileSync(page, 'utf8');
const home = mkdtempSync(path.join(tmpdir(), 'tconda-tour-'));
try {
  // Under the name that people see.
  mkdirSync(path.join(home, 'channels'));
  symlinkSync(channel, path.join(home, 'channels', 'sample'));
  const channels = pathToFileURL(path.join(home, 'channels')).href;
  writeFileSync(
    path.join(home, '.condarc'),
    `channels: [sample]\ncustom_channels: { sample: '${channels}' }\n`,
  );
  const after = before.replaceAll(/^```console\n([\s\S]*?)^```$/gm, (_, block) => {
    const commands = block.split('\n').filter((/** @type {string} */ line) => line.startsWith('$ '));
    return `\`\`\`console\n${commands.map(play).join('\n')}\`\`\``;
  });
  if (after === before) process.exitCode = 0;
  else if (values.check) {
    process.stdout.write('docs/tour.md is not what the commands print; run npm run docs\n');
    process.stdout.write(firstDifference(before.split('\n'), after.split('\n')));
    process.exitCode = 1;
  } else writeFileSync(page, after);
} finally {
  rmSync(home, { recursive: true, force: true });
}

/**
 * A command and what it prints, on both streams.
 * @param {string} line `$ tconda list`
 */
function play(line) {
  const { stdout } = spawnSync(
    'bash',
    ['-c', `exec 2>&1; tconda() { "$NODE" "$CLI" "$@"; }; ${line.slice(2)}`],
    {
      cwd: home,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'], HOME: home, LANG: 'C.UTF-8', NODE: process.execPath, CLI: cli },
    },
  );
  const shown = mask(stdout)
    .replaceAll(/[ \t]+$/gm, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .replaceAll(/^\n+|\n+$/g, '');
  return shown === '' ? `${line}\n` : `${line}\n${shown}\n`;
}

/**
 * What differs from one run to the next.
 * @param {string} text
 */
function mask(text) {
  return text
    .replaceAll(home, '/home/ada')
    .replaceAll(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?Z?/g, '2026-01-31 12:00:00')
    .replaceAll(/\b\d+(?:\.\d+)? (?:ms|seconds?)\b/g, '1 s');
}

/**
 * @param {readonly string[]} old
 * @param {readonly string[]} now
 */
function firstDifference(old, now) {
  const at = old.findIndex((line, index) => line !== now[index]);
  return `line ${at + 1}: ${old[at] ?? ''}\n     now: ${now[at] ?? ''}\n`;
}
