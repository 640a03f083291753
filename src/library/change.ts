import { changeOptions, specInput } from '../commands/change-options.ts';
import { checkNotFrozen, loadEnvironmentOf, loadPrefixOf } from '../commands/environment.ts';
import { finishEnvironment } from '../commands/finish-environment.ts';
import { updateMenuEntries } from '../commands/menu-entries.ts';
import { withOutside } from '../commands/outside.ts';
import { readWanted, type Wanted } from '../commands/spec-files.ts';
import { TcondaError } from '../errors.ts';
import type { ChangeCommand, SpecInput } from '../model/request.ts';
import type { Transaction } from '../model/transaction.ts';
import type { ChangeOptions, ChangeResult } from '../pipeline.ts';
import { checkOptions } from './check-options.ts';
import {
  type EnvironmentTarget,
  type LibraryOptions,
  type OpenedLibrary,
  openLibrary,
} from './library-options.ts';

/** What can be said of a change besides what shall be changed. */
export interface ChangeSettings extends LibraryOptions {
  /** Decides when the plan is there, before anything is downloaded; `false` ends it as `refused`. */
  readonly confirm?: (transaction: Transaction) => boolean | Promise<boolean>;
  /** Ends when the plan is there: `planned`. */
  readonly dryRun?: boolean;
  /** More for the solver, such as `{ resolution: 'lowest' }`. */
  readonly input?: Partial<SpecInput>;
}

export type CreateEnvironmentOptions = ChangeSettings &
  EnvironmentTarget & {
    /** As `tconda create` takes them: `python=3.12`, or archives by URL or path. */
    readonly specs?: readonly string[];
    /** Environment files, explicit lists, lock files or requirements, by path or URL. */
    readonly files?: readonly string[];
    /** What happens to an environment that is there already: it is an error (unless told), stays, goes, or gets the packages. */
    readonly whenThere?: 'fail' | 'keep' | 'replace' | 'update';
  };

export type InstallOptions = ChangeSettings &
  EnvironmentTarget & {
    readonly specs?: readonly string[];
    readonly files?: readonly string[];
  };

export type UpdateOptions = ChangeSettings &
  EnvironmentTarget & {
    /** Names of installed packages; all of them if left out. */
    readonly specs?: readonly string[];
  };

export type RemoveOptions = ChangeSettings & EnvironmentTarget & { readonly specs: readonly string[] };

/**
 * Makes an environment, as `tconda create` does. Afterwards it is there with all that was asked for, or not at all.
 * @throws {TcondaError} `INVALID_VALUE` where an environment is there already and `whenThere` does not say what to do with it;
 *   `PREFIX_NOT_AN_ENVIRONMENT`, `PACKAGES_NOT_FOUND`, `UNSATISFIABLE`, and others; the signal's reason
 */
export async function createEnvironment(options: CreateEnvironmentOptions): Promise<ChangeResult> {
  const opened = await openLibrary(options, targetOf(options));
  const { whenThere = 'fail' } = options;
  const { prefix, exists, isForeign } = await loadPrefixOf(opened.config, opened.context);
  if (isForeign === true)
    throw new TcondaError(
      'PREFIX_NOT_AN_ENVIRONMENT',
      `${prefix} holds files that are not of an environment`,
    );
  if (exists && whenThere === 'fail')
    throw new TcondaError('INVALID_VALUE', `There is an environment at ${prefix} already`);
  if (exists && whenThere === 'keep')
    return { kind: 'unchanged', transaction: { prefix, operations: [], unchanged: [] } };
  if (exists) checkNotFrozen(prefix, opened.config);
  const command = exists && whenThere === 'update' ? 'install' : 'create';
  return await change(command, opened, options, {
    replaces: exists && whenThere === 'replace',
    isNew: !exists,
  });
}

/**
 * Installs packages into an environment that is there, as `tconda install` does.
 * @throws {TcondaError} `PREFIX_NOT_FOUND`, `ENVIRONMENT_FROZEN`, `PACKAGES_NOT_FOUND`, `UNSATISFIABLE`, and others; the
 *   signal's reason
 */
export async function installPackages(options: InstallOptions): Promise<ChangeResult> {
  return await change('install', await openEnvironment(options), options);
}

/**
 * Brings packages to the newest versions that go together, as `tconda update` does.
 * @throws {TcondaError} `PREFIX_NOT_FOUND`, `ENVIRONMENT_FROZEN`, `PACKAGE_NOT_INSTALLED`, and others; the signal's reason
 */
export async function updatePackages(options: UpdateOptions): Promise<ChangeResult> {
  checkOptions(options, true);
  const isAll = options.specs === undefined;
  const input: Partial<SpecInput> = isAll ? { updateModifier: 'update-all', ...options.input } : {};
  return await change('update', await openEnvironment(options), { ...options, ...(isAll && { input }) });
}

/**
 * Removes packages, what depends on them, and what was there for them alone, as `tconda remove` does.
 * @throws {TcondaError} `PREFIX_NOT_FOUND`, `ENVIRONMENT_FROZEN`, `PACKAGES_NOT_IN_PREFIX`, and others; the signal's reason
 */
export async function removePackages(options: RemoveOptions): Promise<ChangeResult> {
  return await change('remove', await openEnvironment(options), options);
}

async function openEnvironment(options: LibraryOptions & EnvironmentTarget): Promise<OpenedLibrary> {
  const opened = await openLibrary(options, targetOf(options));
  const { prefix } = await loadEnvironmentOf(opened.config, opened.context);
  checkNotFrozen(prefix, opened.config);
  return opened;
}

interface Asked extends ChangeSettings {
  readonly specs?: readonly string[];
  readonly files?: readonly string[];
}

async function change(
  command: ChangeCommand,
  opened: OpenedLibrary,
  { specs = [], files = [], input = {}, confirm = () => true, dryRun = false }: Asked,
  place: { readonly replaces?: boolean; readonly isNew?: boolean } = {},
): Promise<ChangeResult> {
  const { config, context } = opened;
  const wanted = await readWanted(specs, files, config, context);
  const more = wanted.kind === 'explicit' ? wanted.channels : [];
  const result = await withOutside(
    config,
    context,
    async (outside) => {
      const decide = (transaction: Transaction): Promise<boolean> =>
        untilAborted(async () => await confirm(transaction), context.signal);
      const options: ChangeOptions = {
        ...changeOptions(config, context, outside, decide, place),
        ...(dryRun && { dryRun }),
      };
      if (wanted.kind === 'explicit') {
        const { installExplicit } = await import('../explicit.ts');
        return await installExplicit(wanted.records, options);
      }
      const request = specInput({ command, wanted, input }, wanted.specs, config, context, outside);
      const { changeEnvironment } = await import('../pipeline.ts');
      return await changeEnvironment(request, options);
    },
    more,
  );
  if (result.kind === 'changed') await finish(result.transaction, wanted, opened);
  return result;
}

async function finish(
  transaction: Transaction,
  wanted: Wanted,
  { config, context }: OpenedLibrary,
): Promise<void> {
  await updateMenuEntries(transaction, config, context);
  await finishEnvironment(wanted, config, context);
}

/** Waits for somebody who may never answer, but no longer than the signal allows. */
async function untilAborted<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = withoutAnswer();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    const answer = await Promise.race([ask(), promise]);
    signal.throwIfAborted();
    return answer;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function withoutAnswer(): { readonly promise: Promise<never>; readonly reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<never>((_, refuse) => (reject = refuse));
  return { promise, reject };
}

/** What is there is told of; `checkOptions` says whether it can be. */
function targetOf(target: EnvironmentTarget | undefined): {
  readonly prefix?: string;
  readonly name?: string;
} {
  const { prefix, name } = target ?? {};
  return { ...(prefix !== undefined && { prefix }), ...(name !== undefined && { name }) };
}
