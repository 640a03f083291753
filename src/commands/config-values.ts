import { type ConfigLayer, plainValueOf } from '../config/index.ts';
import type { SettingValue } from '../report/settings-text.ts';

/** What one file says, by key as written there. */
export function valuesOf(layer: ConfigLayer): ReadonlyMap<string, SettingValue> {
  return new Map([...layer.values].map(([key, raw]) => [key, plainValueOf(raw) as SettingValue]));
}
