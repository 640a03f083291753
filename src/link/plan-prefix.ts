import type { JournalPlan } from '../model/journal.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import { osOfSubdir } from '../model/subdir.ts';
import {
  directoriesWith,
  goneDirectories,
  missingDirectories,
  parentsOf,
  replacedDirectories,
} from './plan-directories.ts';
import { chooseOwnFiles, type OwnFiles } from './own-files.ts';
import {
  createPlacer,
  directoriesOf,
  directoriesOfRemoved,
  followOnDisk,
  placeKept,
  placesOf,
  plannedLinks,
} from './place-files.ts';
import { placeRemoved } from './place-removed.ts';
import { planMetadata } from './plan-metadata.ts';
import type { PlannedPackage } from './planned-package.ts';
import { createDirectoryResolver, parentOf, type PrefixTree, resolveTarget } from './prefix-tree.ts';
import {
  CLOBBERS,
  type KeptFile,
  moveRecords,
  type PathConflict,
  settleClaims,
  type Settled,
} from './settle-claims.ts';

/** What is in a prefix, and what shall be. */
export interface PlanPrefixInput {
  readonly prefix: string;
  readonly tree: PrefixTree;
  readonly removed: readonly PrefixRecord[];
  readonly unchanged: readonly PrefixRecord[];
  /** In the order of linking. Where their files go is settled here. */
  readonly packages: readonly PlannedPackage[];
  /** Files of removed packages that somebody changed, as their records have them: they stay, or are put aside. */
  readonly changed: ReadonlyMap<PrefixRecord, ReadonlySet<string>>;
  /** Of the unchanged: those whose record is to be written again though none of their files moves. */
  readonly rewritten: readonly PrefixRecord[];
  /** What is moved away first, with all it holds. The tree does not have it. */
  readonly replaced: readonly string[];
  readonly subdir: string;
  readonly ownFiles?: OwnFiles;
  /** Whether a file of no package, where one of a package goes, is that package's and not kept. */
  readonly adopts?: boolean;
  /** Told of a path that several packages have, or that something unknown stands at. */
  readonly onConflict: (conflict: PathConflict) => void;
}

/** What a change does to the files of a prefix. */
export interface PrefixPlan {
  readonly journal: JournalPlan;
  /** Records of packages that stay but whose files moved, as they are to be written. */
  readonly changed: readonly PrefixRecord[];
  /** Which of the own files are to be written. */
  readonly own: readonly string[];
}

/** The home of files that belonged to nobody and had to give way; no package can have this name. */
const UNKNOWN_OWNER = '.user';

/**
 * Settles where every file goes and what gives way for it, with nothing on the disk changed: which package has precedence
 * where several want a path, which files of no package are put aside, which directories come and go.
 * @throws {TcondaError} `CLOBBER`: a file must go where a directory is, or the reverse, or through a symlink that leads out
 */
export function planPrefix(input: PlanPrefixInput): PrefixPlan {
  const { tree, packages } = input;
  const isCaseless = ['win', 'osx'].includes(osOfSubdir(input.subdir));
  const keyOf = isCaseless ? (path: string) => path.toLowerCase() : (path: string) => path;
  const oldPlaceOf = createPlacer(createDirectoryResolver((path) => followOnDisk(path, tree)));

  const kept = placeKept(input.unchanged, oldPlaceOf);
  const keptKeys = new Set(kept.map(({ place }) => keyOf(place)));
  const gone = placeRemoved(input, oldPlaceOf, (place) => keptKeys.has(keyOf(place)));
  const links = plannedLinks(packages);
  const newPlaceOf = createPlacer(
    createDirectoryResolver((path) => {
      const target = links.get(path);
      if (target !== undefined) return { target: resolveTarget(input.prefix, parentOf(path), target) };
      return gone.has(path) ? undefined : followOnDisk(path, tree);
    }),
  );

  const { moved, displaced } = settleClaims(input, kept, keyOf, newPlaceOf);
  const restored = giveBack(gone, packages, kept, moved, tree, keyOf);
  const ofPackages = placesOf(packages, newPlaceOf);
  const arriving = new Set([...moved, ...restored].map(([, to]) => to));
  const own = ownOf(
    input,
    (place) => ofPackages.has(place) || arriving.has(place) || keptKeys.has(place),
    gone,
  );
  const created = [...ofPackages, ...own];
  const changedPlaces = new Set(
    [...input.changed.values()].flatMap((files) => [...files].map((file) => oldPlaceOf(file))),
  );
  const pushed = giveWay(input, ofPackages, gone, moved, (place) => changedPlaces.has(place));
  const changed = moveRecords(input, displaced);
  const metadata = planMetadata(input, changed);

  const moves = [...pushed, ...moved, ...restored];
  const whole = goneDirectories(gone, tree);
  const aside = [...whole, ...gone].filter((path) => !whole.has(parentOf(path)));
  const leaving = [...gone, ...moves.map(([from]) => from)];
  const directories = missingDirectories(
    [...directoriesWith([...created, ...moves.map(([, to]) => to)]), ...directoriesOf(packages, newPlaceOf)],
    new Set([...leaving, ...whole]),
    (place) => ofPackages.has(place) || own.includes(place),
    tree,
  );
  return {
    journal: {
      aside: [...input.replaced, ...aside, ...metadata.aside],
      replacedDirectories: replacedDirectories(created, new Set(leaving), tree).filter(
        (directory) => !whole.has(directory),
      ),
      directories,
      moved: moves,
      created: [...created, ...metadata.created],
      emptied: parentsOf([...leaving, ...directoriesOfRemoved(input.removed, oldPlaceOf)]),
    },
    changed,
    own,
  };
}

/** The own files to be written. What they replace is put among what goes. */
function ownOf(
  { ownFiles, prefix, tree }: PlanPrefixInput,
  isTaken: (place: string) => boolean,
  gone: Set<string>,
): readonly string[] {
  if (ownFiles === undefined) return [];
  const chosen = chooseOwnFiles(ownFiles, {
    prefix,
    tree,
    isTaken,
    isLeaving: (file) => gone.has(file),
  });
  for (const file of chosen) if (tree.kindOf(file) === 'file') gone.add(file);
  return chosen;
}

/** Files that belonged to nobody come back when the last package that had their path leaves. */
function giveBack(
  gone: ReadonlySet<string>,
  packages: readonly PlannedPackage[],
  kept: readonly KeptFile[],
  moved: Settled['moved'],
  tree: PrefixTree,
  keyOf: (path: string) => string,
): (readonly [string, string])[] {
  const home = `${CLOBBERS}/${UNKNOWN_OWNER}`;
  if (tree.kindOf(home) !== 'directory') return [];
  const taken = new Set([...kept.map(({ place }) => place), ...moved.map(([, to]) => to)].map(keyOf));
  for (const { files } of packages) for (const { place } of files) taken.add(keyOf(place));
  const free = new Set([...gone].map(keyOf).filter((key) => !taken.has(key)));
  // Its own spelling is the one that it had.
  const waiting = filesBelow(home, tree).map((file) => file.slice(home.length + 1));
  return waiting.flatMap((place) =>
    free.delete(keyOf(place)) ? [[`${home}/${place}`, place] as const] : [],
  );
}

function filesBelow(directory: string, tree: PrefixTree): readonly string[] {
  return tree.namesIn(directory).flatMap((name) => {
    const file = `${directory}/${name}`;
    return tree.kindOf(file) === 'directory' ? filesBelow(file, tree) : [file];
  });
}

/** What of nobody stands where a file comes to be is put aside, to come back when the file leaves. */
function giveWay(
  input: PlanPrefixInput,
  ofPackages: ReadonlySet<string>,
  gone: Set<string>,
  moved: Settled['moved'],
  isChanged: (place: string) => boolean,
): (readonly [string, string])[] {
  const { tree } = input;
  if (tree.isEmpty) return [];
  const leaving = new Set(moved.map(([from]) => from));
  const pushed: (readonly [string, string])[] = [];
  for (const place of [...ofPackages, ...moved.map(([, to]) => to)]) {
    const kind = tree.kindOf(place);
    if (kind === 'missing' || kind === 'directory' || gone.has(place) || leaving.has(place)) continue;
    // A compiled form is made anew.
    if (input.adopts === true || place.endsWith('.pyc')) {
      gone.add(place);
      continue;
    }
    const home = freeHome(place, tree);
    if (!isChanged(place)) {
      const packages = ownersOf(input.packages, place);
      input.onConflict({ path: place, packages, kind: 'unknown', keptAs: home });
    }
    pushed.push([place, home]);
  }
  return pushed;
}

/** Of several that had to give way from one place the oldest comes back; the others are kept with a number. */
function freeHome(place: string, tree: PrefixTree): string {
  const home = `${CLOBBERS}/${UNKNOWN_OWNER}/${place}`;
  let free = home;
  for (let number = 1; tree.kindOf(free) !== 'missing'; number++) free = `${home}.${number}`;
  return free;
}

function ownersOf(packages: readonly PlannedPackage[], place: string): string[] {
  return packages
    .filter(({ files }) => files.some((file) => file.place === place))
    .map(({ record }) => record.name);
}
