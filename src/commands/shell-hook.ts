import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import type { Host } from '../host/index.ts';
import { writeFileAtomicSync } from '../io/atomic-file.ts';
import { formatHook, type Hook, quotePosix, type ShellName } from '../shell/index.ts';

export interface ShellHookOptions {
  readonly clientVariables: ReadonlyMap<string, string>;
  readonly isCondaToo: boolean;
  readonly activate: string | undefined;
}

/** The hook of a shell for this program and this root prefix. */
export function hookOf(
  shell: ShellName,
  { clientVariables, isCondaToo, activate }: ShellHookOptions,
  config: LoadedConfig,
  host: Host,
): Hook {
  return formatHook(shell, {
    clientVariables,
    command: commandOf(host),
    names: isCondaToo ? ['tconda', 'conda'] : ['tconda'],
    folder: hookFolder(shell, config, host),
    condabin: flavourOf(host).join(config.get('root_prefix'), 'condabin'),
    activate,
  });
}

const CONDABIN_MARK = '# Written by tconda init.';

/**
 * The program in `condabin`, by which what a shell starts finds us too. Undefined on Windows, whose hook lies there, and
 * where somebody else's is.
 */
export function condabinProgram(
  config: LoadedConfig,
  host: Host,
): { readonly file: string; readonly content: string } | undefined {
  if (host.platform === 'win32' || host.program === undefined) return undefined;
  const file = path.posix.join(config.get('root_prefix'), 'condabin', 'tconda');
  const old = readText(file);
  if (old !== undefined && !old.includes(CONDABIN_MARK)) return undefined;
  const words = commandOf(host).map(quotePosix).join(' ');
  return { file, content: `#!/bin/sh\n${CONDABIN_MARK}\nexec ${words} "$@"\n` };
}

/** Where the files of hooks lie. */
export function hookFolder(shell: ShellName, config: LoadedConfig, host: Pick<Host, 'platform'>): string {
  const flavour = flavourOf(host);
  const root = config.get('root_prefix');
  return shell === 'cmd.exe' ? flavour.join(root, 'condabin') : flavour.join(root, 'etc', 'profile.d');
}

function flavourOf(host: Pick<Host, 'platform'>): path.PlatformPath {
  return host.platform === 'win32' ? path.win32 : path.posix;
}

/** Writes a file unless it is there with this content. @returns whether it was written */
export function writeIfOther(file: string, content: string): boolean {
  if (readText(file) === content) return false;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileAtomicSync(file, content);
  return true;
}

/** @returns undefined when there is none */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new TcondaError('FILE_UNREADABLE', `${file} can't be read`, { cause: error });
  }
}

/** The runtime stands before the program: an environment may bring another runtime, which is then first on PATH. */
function commandOf({ runtime, program }: Host): readonly [string, ...string[]] {
  if (program === undefined) return ['tconda'];
  return runtime === undefined ? [program] : [runtime, program];
}
