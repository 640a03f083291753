import type { PrefixRecord } from '../model/prefix-record.ts';
import { nameOf, parentOf, type PrefixTree } from './prefix-tree.ts';
import type { Placer } from './settle-claims.ts';

/** What goes, and what of it stays all the same. */
export interface RemovedInput {
  readonly tree: PrefixTree;
  readonly removed: readonly PrefixRecord[];
  /** Files that somebody changed. */
  readonly changed: ReadonlyMap<PrefixRecord, ReadonlySet<string>>;
}

/** The files of removed packages that are there and that no other package has as well, as conda lets happen. */
export function placeRemoved(
  { removed, changed, tree }: RemovedInput,
  placeOf: Placer,
  isKept: (place: string) => boolean,
): Set<string> {
  const gone = new Set<string>();
  for (const record of removed) {
    const directories = new Set(
      record.paths_data.paths.flatMap((entry) => (entry.path_type === 'directory' ? [entry._path] : [])),
    );
    for (const file of record.files) {
      if (directories.has(file) || !isInside(file) || changed.get(record)?.has(file) === true) continue;
      const place = placeOf(file);
      const kind = tree.kindOf(place);
      // Through a symlink too.
      if (!isInside(place)) continue;
      if (!isKept(place) && kind !== 'missing' && kind !== 'directory') gone.add(place);
      for (const cached of file.endsWith('.py') ? cachedForms(place, tree) : []) {
        if (!isKept(cached)) gone.add(cached);
      }
    }
  }
  return gone;
}

/** Whether a path of a record is one of the environment's own: a record may have been tampered with. */
export function isInside(file: string): boolean {
  return !/^(?:\/|conda-meta\/)|(?:^|\/)\.\.?(?:\/|$)/.test(file);
}

/** What python itself made of a source. */
function cachedForms(source: string, tree: PrefixTree): string[] {
  const directory = `${parentOf(source)}/__pycache__`;
  if (tree.kindOf(directory) !== 'directory') return [];
  const stem = `${nameOf(source).slice(0, -'.py'.length)}.`;
  return tree
    .namesIn(directory)
    .filter((name) => name.startsWith(stem) && /^[^.]+\.(?:opt-\d\.)?pyc$/.test(name.slice(stem.length)))
    .map((name) => `${directory}/${name}`);
}
