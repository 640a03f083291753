import { channelKeys } from './keys/channels.ts';
import { directoryKeys } from './keys/directories.ts';
import { linkingKeys } from './keys/linking.ts';
import { networkKeys } from './keys/network.ts';
import { otherKeys } from './keys/others.ts';
import { outputKeys } from './keys/output.ts';
import { solverKeys } from './keys/solver.ts';
import { threadKeys } from './keys/threads.ts';
import type { ValueOf } from './setting-type.ts';
import type { Setting } from './setting.ts';

/** Every key that conda 26 reads, ours beside them, with what it means here. No default stands outside these tables. */
export const SETTINGS = {
  ...channelKeys,
  ...solverKeys,
  ...directoryKeys,
  ...linkingKeys,
  ...networkKeys,
  ...outputKeys,
  ...threadKeys,
  ...otherKeys,
} as const satisfies Record<string, Setting>;

/** The name of a setting; aliases are none. */
export type SettingName = keyof typeof SETTINGS;

/** The type of a setting's value. */
export type SettingValue<K extends SettingName> = ValueOf<(typeof SETTINGS)[K]['type']>;

/** Keys of mamba, of plugins and of older condas, taken without a word. */
export const TOLERATED_KEYS: ReadonlySet<string> = new Set([
  'allow_downgrade',
  'allow_other_channels',
  'allow_uninstall',
  'anaconda_anon_usage',
  'anaconda_heartbeat',
  'auto_activate_env',
  'cacert_path',
  'create_base',
  'download_threads',
  'experimental_repodata_parsing',
  'experimental_sat_error_message',
  'extract_sparse',
  'extract_threads',
  'log_backtrace',
  'log_level',
  'log_pattern',
  'max_shlvl',
  'no_pin',
  'no_py_pin',
  'platform',
  'rc_files',
  'repodata_has_zst',
  'restore_free_channel',
  'retry_clean_cache',
  'shell_completion',
  'show_anaconda_channels',
  'show_banner',
  'skip_run_link_scripts',
  'ssl_no_default_ca_certificates',
  'ssl_no_revoke',
  'trusted_channels',
  'update_dependencies',
  'use_lockfiles',
  'use_pip',
  'use_uv',
  'validate_configuration',
  'verify_artifacts',
]);

/** Whether a setting has this name; aliases do not count. */
export function isSettingName(key: string): key is SettingName {
  return Object.hasOwn(SETTINGS, key);
}
