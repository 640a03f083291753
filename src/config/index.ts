export { channelSettings, channelTexts } from './channel-settings.ts';
export type { Config, ConfigWarning, SettingFlags } from './config.ts';
export { loadConfig, type ConfigFlags, type LoadedConfig } from './load-config.ts';
export { describeType } from './merge.ts';
export { formatSource, plainValueOf, type ConfigLayer, type SettingSource } from './raw-value.ts';
export { SETTINGS, isSettingName, type SettingName, type SettingValue } from './settings.ts';
export type { Setting, SettingGroup } from './setting.ts';
export { prefixOfName, type Target } from './target-prefix.ts';
