import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/**
 * @typedef {object} Measured
 * @property {number} seconds wall time of the whole process
 * @property {number} cpu seconds of all processors together; NaN where it can't be found out
 * @property {number} megabytes largest resident set; NaN where it can't be found out
 * @property {number} code
 * @property {string} stdout
 * @property {string} stderr
 */

/** GNU time writes the peak of memory. */
const TIME = ['/usr/bin/time', '/opt/homebrew/bin/gtime', '/usr/local/bin/gtime'].find((file) =>
  existsSync(file),
);
const MARK = 'peak-of-memory';

/**
 * Runs a program once and says how long it took and how much memory it held, from its start to its end.
 * @param {readonly string[]} command
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Measured>}
 */
export function measure([program = '', ...args], env) {
  const [file, wholeArgs] =
    TIME === undefined ? [program, args] : [TIME, ['-f', `${MARK} %M %U %S`, program, ...args]];
  const started = process.hrtime.bigint();
  return new Promise((resolve, reject) => {
    const child = spawn(file, wholeArgs, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const seconds = Number(process.hrtime.bigint() - started) / 1e9;
      const [, peak, user, system] = new RegExp(`${MARK} (\\d+) (\\S+) (\\S+)`).exec(stderr) ?? [];
      const megabytes = peak === undefined ? Number.NaN : Number(peak) / 1024;
      const cpu = Number(user) + Number(system);
      resolve({ seconds, cpu, megabytes, code: code ?? 1, stdout, stderr });
    });
  });
}

/**
 * The middle of several runs, and the fastest: what else the machine does can only slow one down. `prepare` before each is not measured. The first failure is thrown.
 * @param {() => readonly string[]} command
 * @param {{ env: NodeJS.ProcessEnv, repeat: number, prepare?: () => void | Promise<void> }} options
 */
export async function measureMany(command, { env, repeat, prepare }) {
  const runs = [];
  for (let index = 0; index < repeat; index += 1) {
    await prepare?.();
    const run = await measure(command(), env);
    if (run.code !== 0) throw new Error(`${command().join(' ')}: ${run.stderr || run.stdout}`);
    runs.push(run);
  }
  runs.sort((a, b) => a.seconds - b.seconds);
  const middle = /** @type {Measured} */ (runs[Math.floor(runs.length / 2)]);
  const best = runs[0]?.seconds ?? Number.NaN;
  return { ...middle, best, megabytes: Math.max(...runs.map((run) => run.megabytes)) };
}

/**
 * The program of this name: what `TCONDA_BENCH_NAME` names, or what is on PATH.
 * @param {string} name
 * @returns {string | undefined}
 */
export function findProgram(name) {
  const named = process.env[`TCONDA_BENCH_${name.toUpperCase()}`];
  if (named !== undefined && named !== '') return named;
  return (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, process.platform === 'win32' ? `${name}.exe` : name))
    .find((file) => existsSync(file));
}

/**
 * Rows of cells as a table with aligned columns.
 * @param {readonly (readonly string[])[]} rows
 */
export function formatTable(rows) {
  const widths = rows.reduce(
    (all, row) => row.map((cell, column) => Math.max(cell.length, all[column] ?? 0)),
    /** @type {number[]} */ ([]),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}
