import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { runProgram } from '../io/run-program.ts';
import type { Report } from '../model/event.ts';
import { formatDistName, type RepoDataRecord } from '../model/package-record.ts';
import { osOfSubdir } from '../model/subdir.ts';

/** When a script of a package runs. */
export type LinkScriptAction = 'pre-link' | 'post-link' | 'pre-unlink';

/** How to start a program with the environment active, and these variables besides. */
export type ActivatedProgram = (
  words: readonly string[],
  variables: ReadonlyMap<string, string>,
) => {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
};

export interface LinkScriptOptions {
  readonly prefix: string;
  /** The base environment; empty when there is none. */
  readonly rootPrefix: string;
  readonly subdir: string;
  /** The environment variables to start from. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `post-link` runs in it; without it, the environment's programs are found and that is all. */
  readonly activated?: ActivatedProgram;
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
  const { file, args, env } = programOf(record, action, script, root, options);
  const { signal } = options;
  const { code, output } = await runProgram(file, args, { env, cwd: path.dirname(script), signal });
  options.report({ kind: 'script-ran', record, action, script, returncode: code, output });
  const messages = takeMessages(options.prefix);
  if (messages !== undefined) options.report({ kind: 'message', text: messages });
  if (code === 0) return;
  throw new TcondaError(
    'LINK_SCRIPT_FAILED',
    `${action} script failed for package ${record.schannel}::${formatDistName(record)}`,
    {
      hint: output === '' ? `The script is ${script}` : `The script ${script} said: ${output}`,
      data: { script, action, returncode: code, messages: messages ?? '', output },
    },
  );
}

/** The command of a script with its variables (CEP 34). */
function programOf(
  record: RepoDataRecord,
  action: LinkScriptAction,
  script: string,
  root: string,
  { prefix, env, subdir, rootPrefix, activated }: LinkScriptOptions,
): ReturnType<ActivatedProgram> {
  const isWindows = osOfSubdir(subdir) === 'win';
  const variables = new Map([
    ['ROOT_PREFIX', rootPrefix],
    ['PREFIX', prefix],
    ['PKG_NAME', record.name],
    ['PKG_VERSION', record.version],
    ['PKG_BUILDNUM', String(record.build_number)],
    ...(action === 'pre-link' ? [['SOURCE_DIR', root] as const] : []),
  ]);
  const words = isWindows ? [env['COMSPEC'] ?? 'cmd.exe', '/d', '/c', script] : ['bash', '-x', script];
  if (action === 'post-link' && activated !== undefined) return activated(words, variables);
  const [file = '', ...args] = words;
  const own = action === 'post-link' ? [path.join(prefix, 'bin')] : [];
  const PATH = [path.dirname(script), ...own, env['PATH'] ?? ''].join(isWindows ? ';' : ':');
  return { file, args, env: { ...env, ...Object.fromEntries(variables), PATH } };
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
