import type { Host } from '../host/index.ts';
import { PREFIXES } from './environment.ts';
import { filesOf, type LoadedConfig } from './load-config.ts';
import { placesOf } from './search-path.ts';
import type { Setting } from './setting.ts';
import { type SettingName, SETTINGS } from './settings.ts';

/** What the values of settings hang on. */
export interface ConfigInputs {
  /** Files and folders, absolute, there or not. */
  readonly places: readonly string[];
  /** Names of variables of the environment, set or not. */
  readonly variables: readonly string[];
}

/** Where these settings could come from on this machine, with the base environment as the target. */
export function configInputs(keys: readonly SettingName[], config: LoadedConfig, host: Host): ConfigInputs {
  const rootPrefix = config.get('root_prefix');
  const places = placesOf(host, { rootPrefix, targetPrefix: rootPrefix }).flatMap((place) => [
    place,
    ...filesOf(place),
  ]);
  const variables = keys.flatMap((key) => {
    const setting: Setting = SETTINGS[key];
    const names = [key, ...setting.aliases].map((name) => name.toUpperCase());
    return [...setting.variables, ...PREFIXES.flatMap((prefix) => names.map((name) => prefix + name))];
  });
  return { places: [...new Set(places)], variables: ['CONDARC', 'XDG_CONFIG_HOME', ...variables] };
}
