// What a person waits for at the prompt: the start of a shell, a change of folder, an activation, and small commands.
// Times are the middle and the best of many runs, the kinds in turn, beside those of a Node that does nothing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { formatTable } from '../lib/measure.mjs';
import { ROOT } from '../lib/run.mjs';
import { CLI, makeHome, PACKAGES } from './startup/home.mjs';
import { measureShells } from './startup/shells.mjs';
import { middle, run } from './startup/timing.mjs';

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code
 */
export async function bench(args) {
  const { values } = parseArgs({
    args: [...args],
    options: { repeat: { type: 'string', default: '21' }, json: { type: 'boolean', default: false } },
  });
  const home = mkdtempSync(path.join(tmpdir(), 'tconda-bench-'));
  try {
    const env = makeHome(home);
    const rows = [...measureCommands(env, Number(values.repeat)), ...measureShells(home, env)];
    process.stdout.write(`${values.json ? JSON.stringify(rows, undefined, 2) : format(rows)}\n`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  return 0;
}

/** @typedef {{ what: string, milliseconds: number, best: number, ratio?: number, processes?: number, target: string }} Row */

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {number} repeat
 * @returns {readonly Row[]}
 */
function measureCommands(env, repeat) {
  const kinds = [
    { what: 'node -e 0', words: ['-e', '0'] },
    { what: 'tconda --version', words: [CLI, '--version'] },
    {
      what: 'activate (the hook)',
      words: [CLI, 'shell.posix', 'activate', 'many'],
    },
    { what: 'tconda env list', words: [CLI, 'env', 'list'] },
    { what: `tconda list, ${PACKAGES} packages`, words: [CLI, 'list', '-n', 'many'] },
    // The whole program.
    ...WHOLE.map((line) => ({
      what: `tconda ${line}`,
      words: [CLI, ...line.split(' '), ...fromSample(line)],
    })),
  ];
  /** @type {number[][]} */
  const times = kinds.map(() => []);
  for (let round = 0; round < repeat; round += 1) {
    for (const [index, { words }] of kinds.entries()) times[index]?.push(run(process.execPath, words, env));
  }
  const [zero = []] = times;
  return kinds.map(({ what }, index) => {
    const all = times[index] ?? [];
    // Each beside the Node of its own round: what else the machine does then slows both.
    const ratio = middle(all.map((time, round) => time / (zero[round] ?? Number.NaN)));
    const target = index === 0 || index >= kinds.length - WHOLE.length ? '' : '< 1.6x';
    return { what, milliseconds: middle(all), best: Math.min(...all), ratio, target };
  });
}

/** What has no aim of its own. */
const WHOLE = [
  '--help',
  'create --help',
  'config --show',
  'run -n many true',
  'search python',
  'create --dry-run -n other python',
];

/**
 * The channel that is asked.
 * @param {string} line
 * @returns {readonly string[]}
 */
function fromSample(line) {
  const sample = pathToFileURL(path.join(ROOT, 'channels/sample/build')).href;
  return /^(?:search|create -)/.test(line) && !line.includes('--help') ? ['-O', '-c', sample] : [];
}

/** @param {readonly Row[]} rows */
function format(rows) {
  const text = (/** @type {number | undefined} */ value, digits = 1) =>
    value === undefined || Number.isNaN(value) ? '' : value.toFixed(digits);
  return formatTable([
    ['what', 'ms', 'best', 'of node', 'processes', 'target'],
    ...rows.map((row) => [
      row.what,
      text(row.milliseconds, 2),
      text(row.best, 2),
      text(row.ratio, 2),
      text(row.processes, 0),
      row.target,
    ]),
  ]);
}
