import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { Report } from '../model/event.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import { osOfSubdir } from '../model/subdir.ts';

export type LinkScriptAction = 'pre-link' | 'post-link' | 'pre-unlink';

export interface LinkScriptOptions {
  readonly prefix: string;
  /** The base environment; empty when there is none. */
  readonly rootPrefix: string;
  readonly subdir: string;
  /** The environment variables to start from. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly report: Report;
  readonly signal?: AbortSignal;
}

/** Whether the package has this script below `root`, where its files are. */
export function hasLinkScript(name: string, action: LinkScriptAction, root: string, subdir: string): boolean {
  return existsSync(path.join(root, linkScriptPath(name, action, subdir)));
}

/** The script of a package, relative to where its files are; whether it has one is another question. */
export function linkScriptPath(name: string, action: LinkScriptAction, subdir: string): string {
  return osOfSubdir(subdir) === 'win' ? `Scripts/.${name}-${action}.bat` : `bin/.${name}-${action}.sh`;
}

/**
 * Runs a script that a package has (CEP 34) below `root`: the prefix, or the package in the cache for `pre-link`.
 * What it wrote to `.messages.txt` is reported.
 * @throws {TcondaError} `LINK_SCRIPT_FAILED`
 */
export async function runLinkScript(
  record: RepoDataRecord,
  action: LinkScriptAction,
  root: string,
  options: LinkScriptOptions,
): Promise<void> {
  const script = path.join(root, linkScriptPath(record.name, action, options.subdir));
  const outcome = await run(script, { ...options, env: scriptEnv(record, action, script, root, options) });
  const messages = takeMessages(options.prefix);
  if (messages !== undefined) options.report({ kind: 'message', text: messages });
  if (outcome.code === 0) return;
  throw new TcondaError(
    'LINK_SCRIPT_FAILED',
    `${action} script failed for package ${record.schannel}::${record.name}-${record.version}-${record.build}`,
    {
      hint:
        outcome.output === '' ? `The script is ${script}` : `The script ${script} said: ${outcome.output}`,
      data: { script, action, returncode: outcome.code, messages: messages ?? '', output: outcome.output },
    },
  );
}

interface Outcome {
  /** -1 when a signal ended it, or it could not be started. */
  readonly code: number;
  /** The end of what it printed. */
  readonly output: string;
}

function scriptEnv(
  record: RepoDataRecord,
  action: LinkScriptAction,
  script: string,
  root: string,
  options: LinkScriptOptions,
): Record<string, string | undefined> {
  const { prefix, env } = options;
  const separator = osOfSubdir(options.subdir) === 'win' ? ';' : ':';
  // After linking, the script finds the programs of its environment as if that were active.
  const own = action === 'post-link' ? [path.join(prefix, 'bin')] : [];
  return {
    ...env,
    ...(action === 'post-link' && { CONDA_PREFIX: prefix }),
    ...(action === 'pre-link' && { SOURCE_DIR: root }),
    ROOT_PREFIX: options.rootPrefix,
    PREFIX: prefix,
    PKG_NAME: record.name,
    PKG_VERSION: record.version,
    PKG_BUILDNUM: String(record.build_number),
    PATH: [path.dirname(script), ...own, env['PATH'] ?? ''].join(separator),
  };
}

const MAX_OUTPUT = 16 * 1024;

async function run(script: string, options: LinkScriptOptions): Promise<Outcome> {
  const [command, ...args] =
    osOfSubdir(options.subdir) === 'win'
      ? [options.env['COMSPEC'] ?? 'cmd.exe', '/d', '/c', script]
      : ['bash', '-x', script];
  return await new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: path.dirname(script),
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.signal && { signal: options.signal }),
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (chunk: string) => {
        output = (output + chunk).slice(-MAX_OUTPUT);
      });
    }
    child.once('error', (error) => {
      // Once it runs it is waited for, so that nobody writes while all is taken back.
      if (child.pid !== undefined) return;
      if (options.signal?.aborted === true) reject(error);
      else resolve({ code: -1, output: error.message });
    });
    child.once('exit', () => {
      if (options.signal?.aborted === true) reject(options.signal.reason as Error);
    });
    child.once('close', (code) => resolve({ code: code ?? -1, output: output.trim() }));
  });
}

function takeMessages(prefix: string): string | undefined {
  const file = path.join(prefix, '.messages.txt');
  try {
    const text = readFileSync(file, 'utf8').trimEnd();
    rmSync(file, { force: true });
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}
