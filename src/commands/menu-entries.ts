import type { LoadedConfig } from '../config/index.ts';
import { nativeSubdir } from '../host/index.ts';
import type { UpdateMenusOptions } from '../menu/index.ts';
import { formatDistName } from '../model/package-record.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import type { Transaction } from '../model/transaction.ts';
import type { Context } from './command.ts';
import { confirmScripts } from './change-options.ts';
import { loadPrefixAt } from './environment.ts';

/**
 * Brings menu entries to what the packages that came ask for. Who names a package as one of those that get entries
 * (`shortcuts_only`) asks for them also when it was there before without. Only where the environment's programs run.
 */
export async function updateMenuEntries(
  { operations }: Transaction,
  config: LoadedConfig,
  context: Context,
): Promise<void> {
  const namesOf = (kinds: readonly string[]): readonly string[] =>
    operations.flatMap((operation) =>
      'install' in operation && kinds.includes(operation.kind) ? [operation.install.name] : [],
    );
  // Who asks for a package to be linked again asks for its entries; one that must move with python keeps what it has.
  const relinked = new Set(namesOf(['relink']));
  const linked = new Set([
    ...namesOf(['link', 'change']),
    ...(config.get('force_reinstall') ? relinked : []),
  ]);
  const wanted = new Set(config.get('shortcuts_only'));
  const isAsked = operations.length > 0 || (wanted.size > 0 && !config.get('dry_run'));
  if (isAsked) await update(config.targetPrefix, () => ({ linked, relinked, wanted }), config, context);
}

/** Makes the menu entries of an environment that was copied as a whole. */
export async function makeMenuEntries(prefix: string, config: LoadedConfig, context: Context): Promise<void> {
  const all = (records: readonly PrefixRecord[]): Choice => ({
    linked: new Set(records.map(({ name }) => name)),
  });
  await update(prefix, all, config, context);
}

/** Makes the menu entries anew of an environment that got another place, for the packages that had some: `name-version-build`. */
export async function moveMenuEntries(
  prefix: string,
  had: ReadonlySet<string>,
  config: LoadedConfig,
  context: Context,
): Promise<void> {
  const those = (records: readonly PrefixRecord[]): Choice => ({
    linked: new Set(records.flatMap((record) => (had.has(formatDistName(record)) ? [record.name] : []))),
    shortcuts: true,
    shortcutsOnly: [],
  });
  await update(prefix, those, config, context);
}

type Choice = Pick<UpdateMenusOptions, 'linked'> &
  Partial<Pick<UpdateMenusOptions, 'relinked' | 'wanted' | 'shortcuts' | 'shortcutsOnly'>>;

async function update(
  prefix: string,
  choose: (installed: readonly PrefixRecord[]) => Choice,
  config: LoadedConfig,
  context: Context,
): Promise<void> {
  const { host, report } = context;
  const { mayHaveMenus, updateMenus } = await import('../menu/index.ts');
  const subdir = config.get('subdir');
  if (subdir !== nativeSubdir(host) || !mayHaveMenus(prefix)) return;
  const installed = await loadPrefixAt(prefix, config, context);
  await updateMenus(installed, {
    rootPrefix: config.get('root_prefix'),
    home: host.home,
    env: host.env,
    subdir,
    shortcuts: config.get('shortcuts'),
    shortcutsOnly: config.get('shortcuts_only'),
    mayPrecreate: (scripts) => mayRun(scripts, config, context),
    report,
    signal: context.signal,
    ...choose(installed.records),
  });
}

/** Whether code of packages is run, as `link_scripts` says. */
async function mayRun(scripts: readonly string[], config: LoadedConfig, context: Context): Promise<boolean> {
  const mode = config.get('link_scripts');
  if (mode !== 'ask') return mode === 'run';
  if (await confirmScripts(scripts, config, context)) return true;
  const text = `Not run without a yes: ${scripts.join(', ')}`;
  context.report({ kind: 'warning', code: 'SCRIPTS_NOT_RUN', text });
  return false;
}

/** Takes the menu entries away of an environment that is about to go. @returns which packages had some: `name-version-build` */
export async function removeMenuEntries(
  prefix: string,
  { host, report }: Context,
): Promise<ReadonlySet<string>> {
  const { removeMenus } = await import('../menu/index.ts');
  return await removeMenus(prefix, { home: host.home, env: host.env, report });
}
