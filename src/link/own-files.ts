import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { PrefixTree } from './prefix-tree.ts';

/** Files that tconda itself keeps in an environment. They belong to no package. */
export interface OwnFiles {
  /** How each of them begins; a file that begins otherwise is somebody else's, and stays. */
  readonly mark: string;
  /** By path, `/` separated. */
  readonly contents: ReadonlyMap<string, string>;
}

/** The paths that are to be written now: not what is there already, and nothing in place of what another has there. */
export function chooseOwnFiles(
  { mark, contents }: OwnFiles,
  state: {
    readonly prefix: string;
    readonly tree: PrefixTree;
    readonly isTaken: (path: string) => boolean;
    readonly isLeaving: (path: string) => boolean;
  },
): readonly string[] {
  return [...contents].flatMap(([file, content]) => {
    if (state.isTaken(file)) return [];
    const kind = state.tree.kindOf(file);
    if (kind === 'missing' || state.isLeaving(file)) return [file];
    if (kind !== 'file') return [];
    const old = readFileSync(path.join(state.prefix, file), 'utf8');
    return old.startsWith(mark) && old !== content ? [file] : [];
  });
}
