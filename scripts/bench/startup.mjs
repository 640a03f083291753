// What a person waits for at the prompt: the start of a shell, a change of folder, an activation, and small commands.
// Times are the middle and the best of many runs, the kinds in turn, beside those of a Node that does nothing.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { formatTable } from '../lib/measure.mjs';
import { ROOT } from '../lib/run.mjs';

const CLI = path.join(ROOT, 'dist/cli.cjs');
const PACKAGES = 200;

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
 * A root prefix with one environment of many packages, and start files.
 * @param {string} home
 * @returns {NodeJS.ProcessEnv}
 */
function makeHome(home) {
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: home,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    TCONDA_ROOT_PREFIX: path.join(home, 'root'),
  };
  const meta = path.join(home, 'root/envs/many/conda-meta');
  mkdirSync(meta, { recursive: true });
  writeFileSync(path.join(meta, 'history'), '==> 2026-01-01 00:00:00 <==\n');
  for (let number = 0; number < PACKAGES; number += 1) writeRecord(meta, `package-${number}`);
  mkdirSync(path.join(home, 'a/b'), { recursive: true });
  const base = path.join(home, 'root/conda-meta');
  mkdirSync(base);
  writeFileSync(path.join(base, 'history'), '==> 2026-01-01 00:00:00 <==\n');
  run(process.execPath, [CLI, 'init', 'bash', 'zsh', 'fish'], env);
  return env;
}

/**
 * @param {string} meta
 * @param {string} name
 */
function writeRecord(meta, name) {
  const files = Array.from({ length: 100 }, (_, index) => `lib/${name}/file-${index}.py`);
  const record = {
    name,
    version: '1.0',
    build: 'h0_0',
    build_number: 0,
    subdir: 'linux-64',
    fn: `${name}-1.0-h0_0.conda`,
    channel: 'https://conda.anaconda.org/conda-forge/linux-64',
    url: `https://conda.anaconda.org/conda-forge/linux-64/${name}-1.0-h0_0.conda`,
    depends: [],
    constrains: [],
    files,
    paths_data: {
      paths_version: 1,
      paths: files.map((file) => ({
        _path: file,
        path_type: 'hardlink',
        sha256: 'a'.repeat(64),
        size_in_bytes: 9,
      })),
    },
    link: { source: `/pkgs/${name}-1.0-h0_0`, type: 1 },
  };
  writeFileSync(path.join(meta, `${name}-1.0-h0_0.json`), JSON.stringify(record, undefined, 2));
}

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
    const target = index === 0 ? '' : '< 1.6x';
    return { what, milliseconds: middle(all), best: Math.min(...all), ratio, target };
  });
}

/**
 * Time of what stands in the start file, measured within the shell over many readings; and processes, which strace counts.
 * @param {string} home
 * @param {NodeJS.ProcessEnv} env
 * @returns {readonly Row[]}
 */
function measureShells(home, env) {
  const times = 200;
  const shells = [
    {
      name: 'bash',
      loop: `for i in {1..${times}}; do PATH=/usr/bin:/bin; unset CONDA_PREFIX; . ~/.bashrc; done; [ "$CONDA_DEFAULT_ENV" = base ]`,
      empty: `for i in {1..${times}}; do PATH=/usr/bin:/bin; unset CONDA_PREFIX; done`,
    },
    {
      name: 'zsh',
      loop: `for i in {1..${times}}; do PATH=/usr/bin:/bin; unset CONDA_PREFIX; . ~/.zshrc; done; [ "$CONDA_DEFAULT_ENV" = base ]`,
      empty: `for i in {1..${times}}; do PATH=/usr/bin:/bin; unset CONDA_PREFIX; done`,
    },
    {
      name: 'fish',
      loop: `for i in (seq ${times}); set -gx PATH /usr/bin /bin; set -e CONDA_PREFIX; source ~/.config/fish/config.fish; end; test "$CONDA_DEFAULT_ENV" = base`,
      empty: `for i in (seq ${times}); set -gx PATH /usr/bin /bin; set -e CONDA_PREFIX; end; true`,
    },
  ];
  return shells
    .filter(({ name }) => spawnSync(name, ['-c', 'exit 0']).status === 0)
    .flatMap(({ name, loop, empty }) => {
      const plain =
        name === 'bash' ? ['--norc', '-c'] : name === 'zsh' ? ['-f', '-c'] : ['--no-config', '-c'];
      const rounds = Array.from(
        { length: 5 },
        () => run(name, [...plain, loop], env) - run(name, [...plain, empty], env),
      );
      const each = rounds.map((time) => time / times);
      const row = { milliseconds: middle(each), best: Math.min(...each) };
      const started = countProcesses(name, 'true\n', home, env);
      const moved = countProcesses(
        name,
        `${'cd ~/a/b\ntrue\ncd ~/a\ntrue\ncd ~\ntrue\n'.repeat(3)}`,
        home,
        env,
      );
      return [
        {
          what: `${name} reads its hook and enters the base`,
          ...row,
          ...(started === undefined ? {} : { processes: started }),
          target: '< 3 ms, 0',
        },
        ...(moved === undefined
          ? []
          : [
              {
                what: `${name}: cd nine times`,
                milliseconds: Number.NaN,
                best: Number.NaN,
                processes: moved,
                target: '0',
              },
            ]),
      ];
    });
}

/**
 * How many processes and programs an interactive shell starts with the hook, beyond those it starts without.
 * @param {string} name
 * @param {string} input
 * @param {string} home
 * @param {NodeJS.ProcessEnv} env
 */
function countProcesses(name, input, home, env) {
  if (spawnSync('strace', ['-V']).status !== 0) return undefined;
  const count = (/** @type {readonly string[]} */ args) => {
    const log = path.join(home, 'strace.log');
    const words = [
      '-f',
      '-qq',
      '-e',
      'trace=execve,fork,vfork,clone,clone3',
      '-e',
      'signal=none',
      '-o',
      log,
      name,
      ...args,
    ];
    spawnSync('strace', words, { env, cwd: home, input, stdio: ['pipe', 'ignore', 'ignore'] });
    const lines = readFileSync(log, 'utf8').split('\n');
    // A thread of the shell itself is no process.
    return lines.filter((line) => / (execve|v?fork|clone3?)\(/.test(line) && !line.includes('CLONE_THREAD'))
      .length;
  };
  const without = name === 'bash' ? ['--norc', '-i'] : name === 'zsh' ? ['-f', '-i'] : ['--no-config', '-i'];
  return count(['-i']) - count(without);
}

/**
 * @param {string} file
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {number} milliseconds
 */
function run(file, args, env) {
  const began = process.hrtime.bigint();
  const { status, stderr } = spawnSync(file, args, {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const time = Number(process.hrtime.bigint() - began) / 1e6;
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${stderr}`);
  return time;
}

/** @param {readonly number[]} numbers */
function middle(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
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
