import { existsSync } from 'node:fs';
import path from 'node:path';

import type { LoadedConfig } from '../config/index.ts';
import {
  condabinBody,
  hookFileName,
  INIT_SHELLS,
  rcBody,
  rcFiles,
  setAutoRun,
  systemFiles,
} from '../shell/index.ts';
import type { Context } from './command.ts';
import type { FileEdit } from './file-edit.ts';
import { editRcFile } from './rc-edit.ts';
import { condabinProgram, hookFolder, hookOf, readText } from './shell-hook.ts';
import { startFileOf } from './start-file.ts';
import { readAutoRun, type RegistryHive } from './windows-registry.ts';

/** What `init` was asked to do. */
export interface InitChoice {
  readonly isReversed: boolean;
  readonly isCondaToo: boolean;
  /** Only the program on PATH. */
  readonly isCondabin: boolean;
  /** The start files of this user. */
  readonly isForUser: boolean;
  /** Those of all users. */
  readonly isForSystem: boolean;
  /** What stands for `/` there. */
  readonly systemRoot: string;
}

/** The files of the hook, and then the start files. Reversed, the hook stays: other start files may read it. */
export function initEdits(
  name: string,
  choice: InitChoice,
  config: LoadedConfig,
  { host }: Context,
): readonly FileEdit[] {
  const { isReversed, isCondaToo, isCondabin, isForUser, isForSystem, systemRoot } = choice;
  const shell = INIT_SHELLS[name] ?? 'posix';
  const folder = hookFolder(shell, config, host);
  const flavour = host.platform === 'win32' ? path.win32 : path.posix;
  const clientVariables = new Map(host.program === undefined ? [] : [['TCONDA_EXE', host.program]]);
  const hook = hookOf(shell, { clientVariables, isCondaToo, activate: undefined }, config, host);
  const hookFile = flavour.join(folder, hookFileName(shell));
  const all = new Map(hook.files);
  if (shell !== 'nushell') all.set(hookFileName(shell), hook.text);
  const hookEdits = [...all].map(([file, content]) => fileEdit(flavour.join(folder, file), content));
  const condabin = condabinProgram(config, host);
  if (condabin !== undefined)
    hookEdits.unshift({ ...fileEdit(condabin.file, condabin.content), mode: 0o755 });
  const startFile = startFileOf(shell, config, host) ?? '';
  const bodyOf = (isSystem: boolean): string | undefined => {
    if (isReversed) return undefined;
    if (isCondabin) return condabinBody(shell, flavour.join(config.get('root_prefix'), 'condabin'));
    const start = isSystem ? path.basename(startFile) : startFile;
    return rcBody(shell, { hookFile, hook: hook.text, startFile: start, isSystem });
  };
  const machine = { ...host, exists: existsSync };
  const ofUser = isForUser ? rcFiles(name, machine).map((file) => editRcFile(file, bodyOf(false))) : [];
  const ofSystem = isForSystem
    ? systemFiles(name, machine, systemRoot).map(({ file, isOurs }) => ({
        ...editRcFile(file, bodyOf(true), isOurs),
        mode: 0o644,
      }))
    : [];
  const hives: readonly RegistryHive[] = [
    ...(isForUser ? ['HKEY_CURRENT_USER' as const] : []),
    ...(isForSystem ? ['HKEY_LOCAL_MACHINE' as const] : []),
  ];
  const ofRegistry = name === 'cmd.exe' ? hives.map((hive) => autoRunEdit(hive, hookFile, !isReversed)) : [];
  return [...(isReversed ? [] : hookEdits), ...ofUser, ...ofSystem, ...ofRegistry];
}

function fileEdit(file: string, content: string): FileEdit & { readonly kind: 'file' } {
  return { kind: 'file', file, content: readText(file) === content ? undefined : content };
}

function autoRunEdit(hive: RegistryHive, hookFile: string, isWanted: boolean): FileEdit {
  const value = readAutoRun(hive);
  const wanted = setAutoRun(value, hookFile, isWanted);
  return { kind: 'registry', hive, content: wanted === value ? undefined : wanted };
}
