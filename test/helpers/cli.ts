import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The built command line; `npm test` builds it. */
export const CLI = path.resolve(import.meta.dirname, '../../dist/cli.cjs');
/** The channels that bootstrap builds. */
export const SAMPLE = path.resolve(import.meta.dirname, '../../channels/sample/build');
export const DEBIAN = path.resolve(import.meta.dirname, '../../channels/debian/build');

export interface Ran {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A home of its own for the command line: root prefix, caches, settings, all below one temporary folder. */
export interface Home {
  readonly directory: string;
  readonly root: string;
  /** The prefix of a named environment. */
  readonly prefix: (name: string) => string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs `tconda ...args`. */
  readonly tconda: (...args: readonly string[]) => Promise<Ran>;
  /** The same in another working directory. */
  readonly tcondaIn: (cwd: string, ...args: readonly string[]) => Promise<Ran>;
  readonly remove: () => void;
}

/**
 * @param name of the folder's last part: a longer one makes longer prefixes
 * @param place where it is made
 */
export function makeHome(
  name = 'home',
  env: Readonly<Record<string, string>> = {},
  { below = tmpdir() }: { readonly below?: string } = {},
): Home {
  const directory = path.join(mkdtempSync(path.join(below, 'tconda-e2e-')), name);
  const root = path.join(directory, 'root');
  const all: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    HOME: directory,
    LANG: 'C.UTF-8',
    TCONDA_ROOT_PREFIX: root,
    ...env,
  };
  return {
    directory,
    root,
    prefix: (environment) => path.join(root, 'envs', environment),
    env: all,
    tconda: (...args) => run(process.execPath, [CLI, ...args], all),
    tcondaIn: (cwd, ...args) => run(process.execPath, [CLI, ...args], all, cwd),
    remove: () => rmSync(path.dirname(directory), { recursive: true, force: true }),
  };
}

/**
 * Runs a program to its end, without a terminal and with nothing to read.
 * @param identity of the user that it runs as; without one the present user
 */
export function run(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd?: string,
  identity: { readonly uid?: number; readonly gid?: number } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd !== undefined && { cwd }),
      ...identity,
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
