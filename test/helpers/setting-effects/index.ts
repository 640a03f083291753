import { channelEffects, directoryEffects } from './channels.ts';
import type { Scene, SettingEffect } from './effect.ts';
import { linkingEffects } from './making.ts';
import { networkEffects } from './network.ts';
import { outputEffects } from './showing.ts';
import { solverEffects } from './solving.ts';

export type { Scene, Seen, SettingEffect } from './effect.ts';

/** All rows. */
export function settingEffects(scene: Scene): readonly SettingEffect[] {
  return [
    ...channelEffects(scene),
    ...directoryEffects(scene),
    ...solverEffects(scene),
    ...linkingEffects(scene),
    ...networkEffects(scene),
    ...outputEffects(scene),
  ];
}

/** Enough to know which settings there are rows for. */
export const NOWHERE: Scene = {
  url: 'http://nowhere',
  fail: () => undefined,
  failAlways: () => undefined,
  secure: { url: 'https://nowhere', cert: '', key: '' },
  silent: 'https://nowhere',
  whole: '',
  parent: '',
  base: '',
  old: '',
  menus: '',
  elsewhere: undefined,
  at: (...parts) => parts.join('/'),
  prefix: (name) => name,
};
