import type { LoadedConfig } from '../config/index.ts';
import { nativeSubdir } from '../host/index.ts';
import type { Context } from './command.ts';
import { loadPrefixOf } from './environment.ts';

/** Brings menu entries to what the environment's packages ask for. Only where its programs run. */
export async function updateMenuEntries(config: LoadedConfig, context: Context): Promise<void> {
  const { host, report } = context;
  const { mayHaveMenus, updateMenus } = await import('../menu/index.ts');
  const subdir = config.get('subdir');
  if (subdir !== nativeSubdir(host) || !mayHaveMenus(config.targetPrefix)) return;
  updateMenus(await loadPrefixOf(config, context), {
    rootPrefix: config.get('root_prefix'),
    home: host.home,
    env: host.env,
    subdir,
    shortcuts: config.get('shortcuts'),
    shortcutsOnly: config.get('shortcuts_only'),
    report,
  });
}

/** Takes the menu entries away of an environment that is about to go. */
export async function removeMenuEntries(prefix: string, { host, report }: Context): Promise<void> {
  const { mayHaveMenus, removeMenus } = await import('../menu/index.ts');
  if (mayHaveMenus(prefix)) removeMenus(prefix, { home: host.home, env: host.env, report });
}
