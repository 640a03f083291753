// From the command to its answer on a channel of conda-forge's size: how long, and how much memory, the whole process.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { findProgram, formatTable, measureMany } from '../lib/measure.mjs';
import { ROOT, runOrFail } from '../lib/run.mjs';

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
  const server = await startServer(values.channel);
  try {
    const results = await measureAll(work, server.url, values.channel, {
      repeat: Number(values.repeat),
      only: values.only,
    });
    process.stdout.write(`${values.json ? JSON.stringify(results, undefined, 2) : format(results)}\n`);
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
 * @param {Tool} tool
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

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {NodeJS.ProcessEnv} env
 * @property {() => void} reset forgets all caches
 * @property {(url: string, names: readonly string[], form: string, offline: boolean) => readonly string[] | undefined} create
 *   the command that solves for `names` and changes nothing; undefined when the tool can't
 */

const PEERS = ['micromamba', 'conda', 'pixi', 'rattler'];

/**
 * @param {string} work
 * @returns {Tool[]}
 */
function findTools(work) {
  const tool = (/** @type {string} */ name, /** @type {Tool['create']} */ create) => {
    const home = path.join(work, name);
    const root = path.join(home, 'root');
    const env = {
      PATH: process.env['PATH'],
      HOME: home,
      TCONDA_ROOT_PREFIX: root,
      MAMBA_ROOT_PREFIX: root,
      CONDA_PKGS_DIRS: path.join(root, 'pkgs'),
      RATTLER_CACHE_DIR: path.join(home, 'rattler'),
      PIXI_CACHE_DIR: path.join(home, 'rattler'),
    };
    const reset = () => {
      rmSync(home, { recursive: true, force: true });
      mkdirSync(path.join(root, 'pkgs'), { recursive: true });
    };
    reset();
    return { name, env, reset, create };
  };
  const common = (/** @type {string} */ url, /** @type {string} */ subdirOption) => [
    'create',
    '--json',
    '--dry-run',
    '-y',
    '-n',
    'bench',
    '--override-channels',
    '-c',
    url,
    subdirOption,
    'linux-64',
  ];
  const network = (/** @type {boolean} */ offline) => (offline ? ['--offline'] : []);
  const tools = [
    tool('tconda', (url, names, _, offline) =>
      [process.execPath, CLI].concat(common(url, '--subdir'), network(offline), names),
    ),
  ];
  const [micromamba, conda, pixi, rattler] = PEERS.map(findProgram);
  if (micromamba !== undefined) {
    tools.push(
      tool('micromamba', (url, names, _, offline) =>
        [micromamba, '--no-rc'].concat(common(url, '--platform'), network(offline), names),
      ),
    );
  }
  if (conda !== undefined) {
    tools.push(
      tool('conda', (url, names, _, offline) =>
        [conda].concat(common(url, '--subdir'), network(offline), names),
      ),
    );
  }
  if (pixi !== undefined) {
    tools.push(
      tool('pixi', (url, names, _, offline) =>
        offline
          ? undefined
          : [
              pixi,
              'exec',
              '--force-reinstall',
              '-c',
              url,
              ...names.flatMap((name) => ['-s', name]),
              '--',
              'true',
            ],
      ),
    );
  }
  if (rattler !== undefined) {
    tools.push(
      tool('rattler', (url, names, _, offline) =>
        offline ? undefined : [rattler, 'create', '--dry-run', '--platform', 'linux-64', '-c', url, ...names],
      ),
    );
  }
  return tools;
}

/** @param {{ rows: readonly Row[], absent: readonly string[] }} results */
function format({ rows, absent }) {
  const table = rows.map((row) => {
    const own = rows.find(
      (other) =>
        other.tool === 'tconda' &&
        [other.form, other.request, other.state].join() === [row.form, row.request, row.state].join(),
    );
    const [seconds, megabytes] = row.target ?? [];
    const isOwn = row.tool === 'tconda';
    return [
      `${row.form} ${row.request} ${row.state}`,
      row.tool,
      `${row.seconds.toFixed(3)} s`,
      `best ${row.best.toFixed(3)} s`,
      `cpu ${row.cpu.toFixed(2)} s`,
      `${row.megabytes.toFixed(0)} MB`,
      isOwn && seconds !== undefined ? `aim ${seconds} s, ${megabytes} MB` : '',
      isOwn ? '' : `${(row.best / (own?.best ?? Number.NaN)).toFixed(1)} x`,
    ];
  });
  const missing = absent.map((name) => `${name} (TCONDA_BENCH_${name.toUpperCase()})`);
  return `${formatTable(table)}\n${missing.length === 0 ? '' : `\nNot on PATH, so not compared: ${missing.join(', ')}`}`;
}

/**
 * The server is a process of its own, so that its work is not counted.
 * @param {string} directory
 * @returns {Promise<{ url: string, stop: () => void }>}
 */
function startServer(directory) {
  const child = spawn(process.execPath, [CLI, 'serve', directory, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const url = /at (http:\S+)/.exec(text)?.[1];
      if (url !== undefined) resolve({ url, stop: () => child.kill() });
    });
  });
}
