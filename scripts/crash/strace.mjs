import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';

/** By what a person calls it: the calls of the system that do it. */
export const SYSCALLS = {
  rename: ['rename', 'renameat', 'renameat2'],
  link: ['link', 'linkat', 'symlink', 'symlinkat'],
  unlink: ['unlink', 'unlinkat', 'rmdir'],
  mkdir: ['mkdir', 'mkdirat'],
  openat: ['openat'],
  write: ['write', 'pwrite64', 'copy_file_range', 'ftruncate', 'fchmod'],
  fsync: ['fsync', 'fdatasync'],
};

/**
 * One call of the system: the `count`th of its name in its thread; and which one of those that name a file, if that has the same
 * name each time.
 * @typedef {{ readonly kind: keyof typeof SYSCALLS, readonly name: string, readonly count: number,
 *   readonly ofFile: { readonly file: string, readonly count: number } | undefined, readonly text: string }} Call
 */

/** The threads of the program, and not the programs that it starts: python may fail to compile, and the change goes on. */
const FOLLOW = ['-f', '-b', 'execve'];

const RANDOM = /\.[0-9a-f]{12}\b/;

/**
 * @typedef {object} Ran
 * @property {number} code 137 when it was killed
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * Runs a command and lists the calls that name `path`, in order.
 * @param {readonly string[]} command
 * @param {{ env: NodeJS.ProcessEnv, paths: readonly string[], log: string }} options
 * @returns {Promise<{ ran: Ran, calls: readonly Call[] }>}
 */
export async function traceCalls(command, { env, paths, log }) {
  const kinds = new Map(
    Object.entries(SYSCALLS).flatMap(([kind, names]) => names.map((name) => [name, kind])),
  );
  const ran = await start(
    [
      'strace',
      ...FOLLOW,
      '--seccomp-bpf',
      '-y',
      '-s',
      '64',
      '-o',
      log,
      '-e',
      `trace=${[...kinds.keys()].join(',')}`,
      ...command,
    ],
    env,
  );
  const counts = new Map();
  /** @param {string} key */
  const countUp = (key) => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return counts.get(key);
  };
  const calls = [];
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    const [, thread, name] = /^(\d+) +(\w+)\(/.exec(line) ?? [];
    const kind = kinds.get(name ?? '');
    if (kind === undefined) continue;
    const count = countUp(`${thread} ${name}`);
    const files = [...line.matchAll(/"(\/[^"]*)"|\d<(\/[^>]*)>/g)].map(
      ([, text, file]) => text ?? file ?? '',
    );
    const byFile = files.map((file) => ({ file, count: countUp(`${thread} ${name} ${file}`) }));
    const ours = byFile.filter(({ file }) => paths.some((path) => file.startsWith(path)));
    if (ours.length === 0) continue;
    // What has another name the next time can only be counted.
    const ofFile = ours.find(({ file }) => !RANDOM.test(file));
    calls.push(/** @type {Call} */ ({ kind, name, text: line.replace(/^\d+ +/, ''), count, ofFile }));
  }
  rmSync(log, { force: true });
  return { ran, calls };
}

/**
 * Runs a command in which the given call, and with `ever` all of its name after it, is not made: the process is killed there, or
 * the call fails with this error.
 * @param {readonly string[]} command
 * @param {Call} call
 * @param {{ env: NodeJS.ProcessEnv, outcome: 'KILL' | 'EIO' | 'EACCES' | 'ENOSPC', ever?: boolean }} options
 * @returns {Promise<Ran>}
 */
export function runInjected(command, call, { env, outcome, ever = false }) {
  // strace 6.1 sends no signal but at the first call where it filters early, or looks at certain files alone.
  const isKill = outcome === 'KILL';
  const ofFile = isKill ? undefined : call.ofFile;
  const fault = isKill ? 'signal=SIGKILL' : `error=${outcome}`;
  const when = `when=${(ofFile ?? call).count}${ever ? '+' : ''}`;
  const inject = `inject=${call.name}:${fault}:${when}`;
  const only = ofFile === undefined ? [] : ['-P', ofFile.file];
  const options = [
    ...FOLLOW,
    ...(isKill ? [] : ['--seccomp-bpf']),
    '-qq',
    '-o',
    '/dev/null',
    ...only,
    '-e',
    `trace=${call.name}`,
  ];
  return start(['strace', ...options, '-e', inject, ...command], env);
}

/**
 * @param {readonly string[]} command
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Ran>}
 */
export function start([file = '', ...args], env) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000 });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ code: signal === null ? (code ?? 1) : 137, stdout, stderr }),
    );
  });
}
