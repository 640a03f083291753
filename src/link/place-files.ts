import type { PrefixRecord } from '../model/prefix-record.ts';
import { isInside } from './place-removed.ts';
import type { PlannedPackage } from './planned-package.ts';
import { nameOf, parentOf, type PrefixTree } from './prefix-tree.ts';
import { checkPlace, type KeptFile, type Placer } from './settle-claims.ts';

/** Says where a file is, given where directories are. */
export function createPlacer(resolveDirectory: (directory: string) => string): Placer {
  let last = '';
  let directory = '';
  let isItself = true;
  return (path) => {
    // The files of a directory come one after the other.
    if (Math.max(0, path.lastIndexOf('/')) !== last.length || !path.startsWith(last)) {
      last = parentOf(path);
      directory = resolveDirectory(last);
      isItself = directory === last;
    }
    if (isItself) return path;
    return directory === '' ? nameOf(path) : `${directory}/${nameOf(path)}`;
  };
}

/** Where the symlink at a path leads, if there is one. */
export function followOnDisk(
  path: string,
  tree: PrefixTree,
): { readonly target: string | undefined } | undefined {
  return tree.kindOf(path) === 'symlink' ? { target: tree.followLink(path) } : undefined;
}

/** The files of packages that stay. */
export function placeKept(records: readonly PrefixRecord[], placeOf: Placer): KeptFile[] {
  const files: KeptFile[] = [];
  for (const record of records) {
    for (const entry of record.paths_data.paths) {
      if (entry.path_type !== 'directory') files.push({ record, entry, place: placeOf(entry._path) });
    }
  }
  return files;
}

/** The symlinks that packages bring, and their texts. */
export function plannedLinks(packages: readonly PlannedPackage[]): ReadonlyMap<string, string> {
  const links = new Map<string, string>();
  for (const { files } of packages) {
    for (const { path, target } of files) if (target !== undefined) links.set(path, target);
  }
  return links;
}

/** Where each file is made, compiled ones included. */
export function placesOf(packages: readonly PlannedPackage[], newPlaceOf: Placer): ReadonlySet<string> {
  const places = new Set<string>();
  for (const { files, compiled } of packages) {
    const displaced = new Set<string>();
    for (const { place, path, isDisplaced } of files) {
      places.add(place);
      if (isDisplaced) displaced.add(path);
    }
    for (const [source, path] of compiled) if (!displaced.has(source)) places.add(newPlaceOf(path));
  }
  return places;
}

/** The directories that packages bring as such. */
export function directoriesOf(packages: readonly PlannedPackage[], newPlaceOf: Placer): string[] {
  return packages.flatMap(({ record, directories }) =>
    directories.map(({ path }) => {
      const place = newPlaceOf(path);
      checkPlace(place, record.fn);
      return place;
    }),
  );
}

/** As {@link directoriesOf}, of packages that go: of each a path in it. */
export function directoriesOfRemoved(records: readonly PrefixRecord[], placeOf: Placer): string[] {
  return records.flatMap((record) =>
    record.paths_data.paths.flatMap((entry) =>
      // As if there had been a file in it: it goes when it is empty.
      entry.path_type === 'directory' && isInside(entry._path) ? [`${placeOf(entry._path)}/.`] : [],
    ),
  );
}
