import type { LoadedConfig } from '../config/index.ts';
import { nativeSubdir } from '../host/index.ts';
import type { UpdateMenusOptions } from '../menu/index.ts';
import { formatDistName } from '../model/package-record.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import type { Transaction } from '../model/transaction.ts';
import type { Context } from './command.ts';
import { loadPrefixAt } from './environment.ts';

/** Brings menu entries to what the packages that came ask for. Only where the environment's programs run. */
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
  await update(config.targetPrefix, () => ({ linked, relinked }), config, context);
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

type Choice = Pick<UpdateMenusOptions, 'linked' | 'relinked'> & Partial<UpdateMenusOptions>;

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
  updateMenus(installed, {
    rootPrefix: config.get('root_prefix'),
    home: host.home,
    env: host.env,
    subdir,
    shortcuts: config.get('shortcuts'),
    shortcutsOnly: config.get('shortcuts_only'),
    report,
    ...choose(installed.records),
  });
}

/** Takes the menu entries away of an environment that is about to go. @returns which packages had some: `name-version-build` */
export async function removeMenuEntries(
  prefix: string,
  { host, report }: Context,
): Promise<ReadonlySet<string>> {
  const { removeMenus } = await import('../menu/index.ts');
  return removeMenus(prefix, { home: host.home, env: host.env, report });
}
