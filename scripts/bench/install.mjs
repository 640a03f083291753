// Linking: whole environments made, changed and removed, the whole process.
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { makeSmallFiles, SMALL_FILES } from '../lib/channel-of-small-files.mjs';
import { findProgram, formatTable, measure, measureMany } from '../lib/measure.mjs';
import { ROOT } from '../lib/run.mjs';

const CLI = path.join(ROOT, 'dist/cli.cjs');
const PEERS = ['micromamba', 'conda', 'pixi', 'rattler'];

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code
 */
export async function bench(args) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      repeat: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      // On the disk that is to be measured.
      scratch: { type: 'string', default: tmpdir() },
      json: { type: 'boolean', default: false },
    },
  });
  const library = await import(pathToFileURL(path.join(ROOT, 'dist/index.js')).href);
  const synthetic = path.join(ROOT, 'node_modules/.cache/tconda/bench-install-channel');
  if (!existsSync(synthetic)) await makeSmallFiles(synthetic, library);
  const work = mkdtempSync(path.join(values.scratch, 'tconda-bench-'));
  const repeat = Number(values.repeat);
  /** @type {Row[]} */
  const rows = [];
  try {
    const all = Array.from({ length: SMALL_FILES.packages }, (_, index) => `part-${index}`);
    const channels = [
      {
        name: 'debian',
        directory: path.join(ROOT, 'channels/debian/build'),
        create: ['python', 'numpy'],
        update: { from: ['python', 'libblas=*=*netlib'], to: ['libblas=*=*openblas', 'numpy'] },
      },
      {
        name: 'synthetic',
        directory: synthetic,
        create: all,
        update: { from: all.map((name) => `${name}=1.0`), to: all.map((name) => `${name}=2.0`) },
      },
    ].filter(({ name, directory }) => name.startsWith(values.only) && existsSync(directory));
    for (const channel of channels) rows.push(...(await measureChannel(channel, work, repeat)));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const absent = PEERS.filter((name) => findProgram(name) === undefined);
  process.stdout.write(
    `${values.json ? JSON.stringify({ rows, absent }, undefined, 2) : format(rows, absent)}\n`,
  );
  return 0;
}

/** @typedef {{ channel: string, what: string, tool: string, seconds: number, best: number, cpu: number, megabytes: number, files: number, against?: string }} Row */

/**
 * @param {{ name: string, directory: string, create: string[], update: { from: string[], to: string[] } }} channel
 * @param {string} work
 * @param {number} repeat
 */
async function measureChannel(channel, work, repeat) {
  /** @type {Row[]} */
  const rows = [];
  const server = await startServer(channel.directory);
  const tools = findTools(path.join(work, channel.name));
  const prefix = path.join(work, channel.name, 'prefix');
  const saved = `${prefix}.saved`;
  try {
    /** @type {(tool: Tool, what: string, line: readonly string[], prepare: () => void | Promise<void>, against?: string) => Promise<void>} */
    const note = async (tool, what, line, prepare, against) => {
      const { seconds, best, cpu, megabytes } = await measureMany(() => line, {
        env: tool.env,
        repeat,
        prepare,
      });
      rows.push({
        ...{ channel: channel.name, what, tool: tool.name, seconds, best, cpu, megabytes, files },
        ...(against !== undefined && { against }),
      });
      process.stderr.write('.');
    };
    const clear = () => rmSync(prefix, { recursive: true, force: true });
    let files = 0;
    for (const tool of tools) {
      const create = tool.command('create', prefix, server.url, channel.create);
      await measure(create, tool.env);
      files = await countFiles(prefix);
      await note(tool, 'warm create', create, clear);
      if (tool.name === 'tconda') {
        await note(tool, 'warm create --no-pyc', [...create, '--no-pyc'], clear);
        const seconds = await measureLinking([...create, '--no-pyc'], tool.env, repeat, clear);
        rows.push({ ...rows.at(-1), what: LINKING, ...seconds, cpu: Number.NaN, megabytes: Number.NaN });
        const copy = ['cp', '-rl', saved, prefix];
        renameSync(prefix, saved);
        const against = 'warm create --no-pyc';
        await note({ ...tool, name: 'cp -rl' }, 'the same files', copy, clear, against);
        const list = `${saved}.patched`;
        writeFileSync(list, patchedFiles(saved).join('\0'));
        // What names its prefix must be a file of its own.
        const script =
          'cp -rl "$0" "$1" && cd "$0" && xargs -0 -a "$2" cp --remove-destination --parents -t "$1"';
        const both = ['sh', '-c', script, saved, prefix, list];
        await note({ ...tool, name: 'cp -rl, cp' }, 'the same, patched ones copied', both, clear, against);
        const remove = ['rm', '-rf', prefix];
        const prepare = async () => {
          clear();
          await measure(copy, tool.env);
        };
        await note({ ...tool, name: 'rm -rf' }, 'the same files', remove, prepare, 'remove');
        rmSync(saved, { recursive: true, force: true });
      }
      await note(tool, 'cold create', create, () => {
        clear();
        tool.reset();
      });
      clear();
      await measure(tool.command('create', prefix, server.url, channel.update.from), tool.env);
      renameSync(prefix, saved);
      const restore = () => {
        clear();
        // Only what lies in conda-meta is ever written to.
        execFileSync('cp', ['-rl', saved, prefix]);
        rmSync(path.join(prefix, 'conda-meta'), { recursive: true });
        execFileSync('cp', ['-r', path.join(saved, 'conda-meta'), prefix]);
      };
      const update = tool.command('install', prefix, server.url, channel.update.to);
      restore();
      await measure(update, tool.env);
      await note(tool, 'update', update, restore);
      await note(
        tool,
        'remove',
        tool.command('remove', prefix, server.url, channel.update.from.map(nameOf)),
        restore,
      );
      clear();
      rmSync(saved, { recursive: true, force: true });
    }
  } finally {
    server.stop();
  }
  process.stderr.write('\n');
  return rows;
}

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {NodeJS.ProcessEnv} env
 * @property {() => void} reset forgets all caches
 * @property {(verb: 'create' | 'install' | 'remove', prefix: string, url: string, specs: readonly string[]) => string[]} command
 */

/**
 * @param {string} work
 * @returns {Tool[]}
 */
function findTools(work) {
  const programs = [{ name: 'tconda', program: [process.execPath, CLI] }];
  for (const name of ['micromamba', 'conda']) {
    const found = findProgram(name);
    if (found !== undefined) programs.push({ name, program: [found] });
  }
  return programs.map(({ name, program }) => {
    const home = path.join(work, name);
    const root = path.join(home, 'root');
    const reset = () => {
      rmSync(home, { recursive: true, force: true });
      mkdirSync(path.join(root, 'pkgs'), { recursive: true });
    };
    reset();
    return {
      name,
      reset,
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        TCONDA_ROOT_PREFIX: root,
        MAMBA_ROOT_PREFIX: root,
        CONDA_PKGS_DIRS: path.join(root, 'pkgs'),
      },
      command: (verb, prefix, url, specs) => [
        ...program,
        verb,
        '-y',
        '-q',
        '-p',
        prefix,
        ...(verb === 'remove' ? [] : ['--override-channels', '-c', url]),
        ...specs,
      ],
    };
  });
}

const LINKING = 'its linking alone';

/**
 * How long the phase takes in which the files are made, from the journal's first byte to the last link: the events say when.
 * @param {readonly string[]} command
 * @param {NodeJS.ProcessEnv} env
 * @param {number} repeat
 * @param {() => void} prepare
 */
async function measureLinking(command, env, repeat, prepare) {
  const runs = [];
  for (let index = 0; index < repeat; index += 1) {
    prepare();
    const [program = '', ...args] = command;
    const child = spawn(program, [...args, '--json=events'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    /** @type {Record<string, number>} */
    const at = {};
    for await (const line of createInterface({ input: child.stdout })) {
      const { event, phase } = JSON.parse(line);
      if (phase === 'link') at[event] = performance.now();
    }
    runs.push(((at['phase_finished'] ?? Number.NaN) - (at['phase_started'] ?? Number.NaN)) / 1000);
  }
  runs.sort((a, b) => a - b);
  return { seconds: runs[Math.floor(runs.length / 2)] ?? Number.NaN, best: runs[0] ?? Number.NaN };
}

/** @param {string} spec */
function nameOf(spec) {
  return spec.replace(/=.*/, '');
}

/**
 * The files of an environment that are not as their packages ship them.
 * @param {string} prefix
 * @returns {readonly string[]}
 */
function patchedFiles(prefix) {
  const meta = path.join(prefix, 'conda-meta');
  return readdirSync(meta)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      /** @type {{ paths_data: { paths: { _path: string, prefix_placeholder?: string }[] } }} */
      const record = JSON.parse(readFileSync(path.join(meta, name), 'utf8'));
      const patched = record.paths_data.paths.filter((entry) => entry.prefix_placeholder !== undefined);
      return patched.map((entry) => entry._path);
    });
}

/**
 * @param {string} prefix
 * @returns {Promise<number>}
 */
async function countFiles(prefix) {
  const { stdout } = await measure(['find', prefix, '-not', '-type', 'd'], process.env);
  return stdout.split('\n').length - 1;
}

/**
 * @param {string} directory
 * @returns {Promise<{ url: string, stop: () => void }>}
 */
async function startServer(directory) {
  const child = spawn(process.execPath, [CLI, 'serve', directory, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  const url = await new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = /http:\/\/[^\s"]+/.exec(text)?.[0];
      if (found !== undefined) resolve(found.replace(/\/$/, ''));
    });
    child.on('exit', () => reject(new Error(`serve ended: ${text}`)));
  });
  return { url: String(url), stop: () => child.kill() };
}

/**
 * @param {readonly Row[]} rows
 * @param {readonly string[]} absent
 */
function format(rows, absent) {
  const find = (/** @type {Row} */ row, /** @type {string} */ what) =>
    rows.find((other) => other.tool === 'tconda' && other.channel === row.channel && other.what === what);
  const ratio = (/** @type {Row} */ row, /** @type {string} */ what) => {
    const own = row.tool === 'tconda' ? undefined : find(row, what);
    return own === undefined ? '' : (own.seconds / row.seconds).toFixed(2);
  };
  const table = rows.map((row) => {
    const against = row.against ?? row.what;
    return [
      `${row.channel} ${row.what}`,
      row.tool,
      row.seconds.toFixed(2),
      row.best.toFixed(2),
      ...[row.cpu.toFixed(2), row.megabytes.toFixed(0)].map((cell) => cell.replace('NaN', '')),
      (row.files / row.best).toFixed(0),
      ratio(row, against),
      against === 'warm create --no-pyc' ? ratio(row, LINKING) : '',
    ];
  });
  const head = ['what', 'tool', 's', 'best s', 'cpu s', 'MB', 'files/s', 'tconda takes', 'its linking'];
  return `${formatTable([head, ...table])}\nabsent: ${absent.join(', ') || 'none'}`;
}
