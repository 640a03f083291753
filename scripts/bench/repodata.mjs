// From the command to its answer on a channel of conda-forge's size: how long, and how much memory, the whole process.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { measureMany } from '../lib/measure.mjs';
import { ROOT, runOrFail } from '../lib/run.mjs';
import { serveChannel } from '../lib/serve-channel.mjs';
import { formatRepodata } from './repodata/table.mjs';
import { findTools, PEERS } from './repodata/tools.mjs';

const CLI = path.join(ROOT, 'dist/cli.cjs');

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code
 */
export async function bench(args) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      channel: { type: 'string', default: path.join(ROOT, 'node_modules/.cache/tconda/bench-channel') },
      records: { type: 'string', default: '650000' },
      repeat: { type: 'string', default: '5' },
      only: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
    },
  });
  if (!existsSync(path.join(values.channel, 'channel.json'))) {
    await runOrFail('node', ['scripts/make-channel.mjs', values.channel, '--records', values.records]);
  }
  const work = mkdtempSync(path.join(tmpdir(), 'tconda-bench-'));
  const server = await serveChannel(values.channel);
  try {
    const results = await measureAll(work, server.url, values.channel, {
      repeat: Number(values.repeat),
      only: values.only,
    });
    process.stdout.write(
      `${values.json ? JSON.stringify(results, undefined, 2) : formatRepodata(results)}\n`,
    );
  } finally {
    server.stop();
    rmSync(work, { recursive: true, force: true });
  }
  return 0;
}

/** @typedef {{ form: string, request: string, state: string, tool: string, seconds: number, best: number, cpu: number, megabytes: number, target?: readonly [number, number] }} Row */

/** Seconds and megabytes that are aimed at. @type {Readonly<Record<string, readonly [number, number]>>} */
const TARGETS = {
  'monolithic python cold': [1.5, 300],
  'monolithic python warm': [0.35, 200],
  'monolithic twelve warm': [0.8, 300],
  'sharded python cold': [0.35, 150],
  'sharded python warm': [0.2, 150],
  'sharded twelve cold': [0.7, 150],
  'sharded twelve warm': [0.5, 150],
  'sharded twenty cold': [0.7, 150],
  'sharded twenty warm': [0.5, 150],
  'no-op install': [0.15, 150],
};

/**
 * @param {string} work
 * @param {string} url
 * @param {string} channel
 * @param {{ repeat: number, only: string }} options `only`: rows whose name begins with it
 */
async function measureAll(work, url, channel, { repeat, only }) {
  const { requests } = JSON.parse(readFileSync(path.join(channel, 'channel.json'), 'utf8'));
  const tools = findTools(work);
  /** @type {Row[]} */
  const rows = [];
  const note = (/** @type {Omit<Row, 'target'>} */ row) => {
    const target = TARGETS[[row.form, row.request, row.state].filter((part) => part !== '').join(' ')];
    rows.push({ ...row, ...(target && { target }) });
    process.stderr.write('.');
  };
  for (const form of ['monolithic', 'sharded']) {
    for (const [request, names] of Object.entries(requests)) {
      for (const state of ['cold', 'warm', ...(request === 'python' ? ['offline'] : [])]) {
        if (!`${form} ${request} ${state}`.startsWith(only)) continue;
        // One tool after the other on the same question, so that what the machine does else meets all of them.
        for (const tool of tools) {
          const command = tool.create(`${url}/${form}`, names, form, state === 'offline');
          if (command === undefined) continue;
          const prepare = state === 'cold' ? () => tool.reset() : undefined;
          if (state === 'warm') {
            tool.reset();
            await measureMany(() => command, { env: tool.env, repeat: 1 });
          }
          const measured = await measureMany(() => command, {
            env: tool.env,
            repeat,
            ...(prepare && { prepare }),
          });
          note({ form, request, state, tool: tool.name, ...figures(measured) });
        }
      }
    }
  }
  const [own] = tools;
  if (own !== undefined && 'no-op install'.startsWith(only)) {
    const measured = await measureNoop(work, own, repeat);
    note({ form: 'no-op', request: 'install', state: '', tool: own.name, ...figures(measured) });
  }
  process.stderr.write('\n');
  return { rows, absent: PEERS.filter((name) => !tools.some((tool) => tool.name === name)) };
}

/** @param {Pick<Row, 'seconds' | 'best' | 'cpu' | 'megabytes'>} measured */
function figures({ seconds, best, cpu, megabytes }) {
  return { seconds, best, cpu, megabytes };
}

/**
 * An installed package, and the same asked for again with `-S`.
 * @param {string} work
 * @param {import('./repodata/tools.mjs').Tool} tool
 * @param {number} repeat
 */
async function measureNoop(work, tool, repeat) {
  const sample = path.join(ROOT, 'channels/sample/build');
  const prefix = path.join(work, 'noop');
  const create = [process.execPath, CLI, 'create', '-y', '-q', '-p', prefix, '-O', '-c', sample, 'zlib-like'];
  await measureMany(() => create, { env: tool.env, repeat: 1 });
  const install = [
    process.execPath,
    CLI,
    'install',
    '-y',
    '-S',
    '-p',
    prefix,
    '-O',
    '-c',
    sample,
    'zlib-like',
  ];
  return measureMany(() => install, { env: tool.env, repeat });
}
