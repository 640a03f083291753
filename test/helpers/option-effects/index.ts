import type { Effect, Scene } from './effect.ts';
import { changingEffects } from './changing.ts';
import { confirmingEffects } from './confirming.ts';
import { configuringEffects } from './configuring.ts';
import { listingEffects } from './listing.ts';
import { mendingEffects } from './mending.ts';
import { micromambaEffects } from './micromamba.ts';
import { runningEffects } from './running.ts';
import { showingEffects } from './showing.ts';
import { solvingEffects } from './solving.ts';

export type { Effect, Scene, Seen } from './effect.ts';

/** All rows. */
export function optionEffects(scene: Scene): readonly Effect[] {
  return [
    ...solvingEffects(scene),
    ...showingEffects(scene),
    ...listingEffects(scene),
    ...changingEffects(scene),
    ...confirmingEffects(),
    ...mendingEffects(scene),
    ...runningEffects(scene),
    ...configuringEffects(scene),
    ...micromambaEffects(scene),
  ];
}

/** Enough to know which options of which commands there are rows for. */
export const NOWHERE: Scene = {
  url: 'http://nowhere',
  whole: '',
  old: '',
  empty: '',
  prefix: (name) => name,
};
