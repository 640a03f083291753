import type { Effect, Scene } from './effect.ts';
import { showingEffects } from './showing.ts';
import { solvingEffects } from './solving.ts';

export type { Effect, Scene, Seen } from './effect.ts';

/** All rows. */
export function optionEffects(scene: Scene): readonly Effect[] {
  return [...solvingEffects(scene), ...showingEffects(scene)];
}

/** Enough to know which options of which commands there are rows for. */
export const NOWHERE: Scene = {
  url: 'http://nowhere',
  whole: '',
  old: '',
  empty: '',
  prefix: (name) => name,
};
