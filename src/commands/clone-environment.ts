import {
  accessSync,
  constants,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { type LoadedConfig, prefixOfName } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { makeDirectories } from '../io/make-directories.ts';
import type { PrefixData } from '../model/prefix-record.ts';
import {
  copyPlaceOf,
  holdPlace,
  type PrefixLockOptions,
  registerEnvironment,
  replaceContent,
  withPrefixLock,
} from '../record/index.ts';
import type { CopiedEnvironment } from '../relocate/index.ts';
import { formatActivationHint } from '../report/activation-hint.ts';
import { writeActivateFiles } from './activate-files.ts';
import { ACTIVATE_FILE_MARK } from '../shell/index.ts';
import { clearPlace } from './clear-place.ts';
import type { CommandOutput, Context, OptionValues } from './command.ts';
import { loadPrefixAt, notAnEnvironment } from './environment.ts';
import { environmentsFile, isWritable } from './environments.ts';
import { expandHome } from './expand-home.ts';
import { lockOptions } from './lock-options.ts';
import { makeMenuEntries } from './menu-entries.ts';
import { checkNewPrefix } from './new-prefix.ts';
import { readText, readTexts } from './option-values.ts';
import { loadSettings } from './settings.ts';

/** What `create --clone` does: the same packages, the same other files, at another place; without network and cache. */
export async function cloneEnvironment(
  operands: readonly string[],
  options: OptionValues,
  context: Context,
): Promise<CommandOutput> {
  if (operands.length > 0 || readTexts(options, 'file').length > 0) {
    throw new TcondaError(
      'USAGE',
      '--clone takes no packages and no files: it copies an environment as it is',
    );
  }
  const config = await loadSettings(options, context);
  const name = readText(options, 'name');
  if (name === 'base' || name === 'root') {
    throw new TcondaError('INVALID_VALUE', `'${name}' is a reserved environment name`);
  }
  if (name === undefined && readText(options, 'prefix') === undefined) {
    throw new TcondaError('USAGE', 'one of the arguments -n/--name -p/--prefix is required');
  }
  const source = await loadPrefixAt(
    placeOf(readText(options, 'clone') ?? '', config, context),
    config,
    context,
  );
  if (!source.exists) throw notAnEnvironment(source.prefix);
  const target = config.targetPrefix;
  if (source.prefix === target) {
    throw new TcondaError('INVALID_VALUE', `${target} can't be a copy of itself`);
  }
  checkNewPrefix(target, context);
  const place = await clearPlace(config, context);
  if (place === 'refused') {
    return { kind: 'output', json: { success: false }, lines: [], notice: 'CondaSystemExit: Exiting.' };
  }
  if (config.get('dry_run')) {
    return {
      kind: 'output',
      json: { success: true, dry_run: true, src_prefix: source.prefix, dst_prefix: target },
      lines: [`Source:      ${source.prefix}`, `Destination: ${target}`],
      notice: 'DryRunExit: Dry run. Exiting.',
    };
  }
  const isReplacing = place === 'replace';
  // What it is for stands in the settings of the original.
  const ofSource = await loadSettings({}, context, {
    channels: [],
    overrideChannels: false,
    target: { prefix: source.prefix },
  });
  const subdir = ofSource.get('subdir');
  const complete = (directory: string): void =>
    writeFileSync(path.join(directory, 'conda-meta', 'created_at'), String(context.host.now() / 1000));
  const how = { files: 'own', isReplacing, subdir, complete } as const;
  const copied = await copyTo(source, target, how, config, context);
  if (subdir === config.get('subdir')) await makeMenuEntries(target, config, context);
  const hint = context.global.quiet
    ? []
    : formatActivationHint(name ?? target, context.columns !== undefined);
  return describeCopy(source, target, copied, hint);
}

/** Where an environment is that is given by name or path. */
export function placeOf(text: string, config: LoadedConfig, { host }: Context): string {
  return /[\\/]|^[.~]/.test(text)
    ? path.resolve(host.cwd, expandHome(text, host.home))
    : prefixOfName(text, config);
}

/** What becomes of the files, and of what is at the target. */
export interface CopyToOptions {
  /** `shared` for an original that goes away. */
  readonly files: 'own' | 'shared';
  /** Whether there is an environment, which goes. */
  readonly isReplacing: boolean;
  /** The platform of the environment. */
  readonly subdir: string;
  /** Does what is left to do in the copy before anybody sees it. */
  readonly complete: (directory: string) => void;
}

/** Makes a copy of an environment that nobody changes meanwhile. It appears complete or not at all, and is listed. */
export async function copyTo(
  source: PrefixData,
  target: string,
  { files, isReplacing, subdir, complete }: CopyToOptions,
  config: LoadedConfig,
  context: Context,
): Promise<CopiedEnvironment> {
  const { copyEnvironment } = await import('../relocate/index.ts');
  const { signal, host } = context;
  makeParent(target);
  const isBase = source.prefix === config.get('root_prefix');
  const lock = lockOptions(config, context);
  const copy = async (directory: string): Promise<CopiedEnvironment> => {
    const made = await copyEnvironment(source, {
      directory,
      prefix: target,
      subdir,
      files,
      exclude: new Set(isBase ? ['envs', 'pkgs', 'conda-bld'] : []),
      warn: (text) => context.warn(`warning: ${text}`),
      signal,
    });
    writeActivateFiles(target, config, host, directory);
    complete(directory);
    // It is listed from its first moment on.
    const problem = config.get('register_envs')
      ? registerEnvironment(environmentsFile(host), target)
      : undefined;
    if (problem !== undefined) context.warn(`warning: ${problem}`);
    return made;
  };
  const copyLocked = (directory: string): Promise<CopiedEnvironment> =>
    isWritable(path.join(source.prefix, 'conda-meta'))
      ? withPrefixLock(source, lock, () => copy(directory))
      : copy(directory);
  const copied = isReplacing
    ? await withPrefixLock(await loadPrefixAt(target, config, context), lock, async (journal) => {
        const directory = path.join(journal.scratch, 'copy');
        mkdirSync(journal.scratch, { recursive: true });
        const made = await copyLocked(directory);
        await replaceContent(journal, directory);
        return made;
      })
    : await appear(target, lock, copyLocked);
  return { untracked: copied.untracked.filter((name) => !isWrittenByUs(path.join(target, name))) };
}

/** Makes a directory beside its place, and moves it there when it is complete. */
async function appear<T>(
  target: string,
  lock: PrefixLockOptions,
  make: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = copyPlaceOf(target);
  const lease = await holdPlace(directory, `environment ${target}`, lock);
  try {
    // Of one who died at it.
    rmSync(directory, { recursive: true, force: true });
    const made = await make(directory);
    moveIntoPlace(directory, target);
    return made;
  } finally {
    rmSync(directory, { recursive: true, force: true });
    await lease.release();
  }
}

/** @throws {TcondaError} `PREFIX_NOT_WRITABLE` */
function makeParent(target: string): void {
  const parent = path.dirname(target);
  try {
    makeDirectories(parent);
    accessSync(parent, constants.W_OK);
  } catch (cause) {
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    throw new TcondaError('PREFIX_NOT_WRITABLE', `You may not write to ${parent} (${code})`, {
      cause,
      data: { environment_location: target },
    });
  }
}

/** @throws {TcondaError} `PREFIX_NOT_AN_ENVIRONMENT` when something came to be there in the meantime */
function moveIntoPlace(directory: string, target: string): void {
  try {
    // An empty folder is in nobody's way.
    rmdirSync(target);
  } catch {
    // It is not there, or not empty: then the next step says so.
  }
  try {
    renameSync(directory, target);
  } catch (cause) {
    throw new TcondaError('PREFIX_NOT_AN_ENVIRONMENT', `${target} can't be made: something is there`, {
      cause,
    });
  }
}

/** Whether it is one of the files that enter an environment without tconda: nobody's, but no user's either. */
function isWrittenByUs(file: string): boolean {
  if (!/[\\/]bin[\\/]activate[^\\/]*$/i.test(file)) return false;
  return readFileSync(file, 'utf8').startsWith(ACTIVATE_FILE_MARK);
}

/** What conda says of a copy. */
export function describeCopy(
  source: PrefixData,
  target: string,
  { untracked }: CopiedEnvironment,
  hint: readonly string[] = [],
): CommandOutput {
  return {
    kind: 'output',
    json: { success: true, untracked_files: untracked, src_prefix: source.prefix, dst_prefix: target },
    lines: [
      `Source:      ${source.prefix}`,
      `Destination: ${target}`,
      `Packages: ${source.records.length}`,
      `Files: ${untracked.length}`,
      ...hint,
    ],
  };
}
