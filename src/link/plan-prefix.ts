import { TcondaError } from '../errors.ts';
import { sortByPrecedence } from '../model/dependency-order.ts';
import type { JournalPlan } from '../model/journal.ts';
import { formatDistName } from '../model/package-record.ts';
import { type PrefixPath, type PrefixRecord, prefixRecordPath } from '../model/prefix-record.ts';
import { osOfSubdir } from '../model/subdir.ts';
import { type Claim, resolveClaims } from './clobber.ts';
import type { PlannedFile, PlannedPackage } from './planned-package.ts';
import { createDirectoryResolver, nameOf, parentOf, type PrefixTree, resolveTarget } from './prefix-tree.ts';

export interface PlanPrefixInput {
  readonly prefix: string;
  readonly tree: PrefixTree;
  readonly removed: readonly PrefixRecord[];
  readonly unchanged: readonly PrefixRecord[];
  /** In the order of linking. Where their files go is settled here. */
  readonly packages: readonly PlannedPackage[];
  /** Of the unchanged: those whose record is to be written again though none of their files moves. */
  readonly rewritten: readonly PrefixRecord[];
  readonly subdir: string;
  /** Told of a path that several packages have, or that something unknown stands at; may throw. */
  readonly onConflict: (conflict: PathConflict) => void;
}

export interface PathConflict {
  readonly path: string;
  /** Names of packages; the first has precedence. One, when what stands there belongs to none. */
  readonly packages: readonly string[];
  readonly kind: 'shared' | 'known' | 'unknown';
}

export interface PrefixPlan {
  readonly journal: JournalPlan;
  /** Records of packages that stay but whose files moved, as they are to be written. */
  readonly changed: readonly PrefixRecord[];
}

/** The home of files that belonged to nobody and had to give way; no package can have this name. */
const UNKNOWN_OWNER = '.user';
const CLOBBERS = '__clobbers__';

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
  const gone = placeRemoved(input.removed, oldPlaceOf, tree, (place) => keptKeys.has(keyOf(place)));
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
  const created = placesOf(packages, newPlaceOf);
  const pushed = giveWay(input, created, gone, moved, tree);
  const changed = moveRecords(input, displaced);
  const metadata = planMetadata(input, changed);

  const moves = [...moved, ...pushed, ...restored];
  const whole = goneDirectories(gone, tree);
  const aside = [...whole, ...gone].filter((path) => !whole.has(parentOf(path)));
  const leaving = [...gone, ...moves.map(([from]) => from)];
  const directories = missingDirectories(
    [...[...created, ...moves.map(([, to]) => to)].map(parentOf), ...directoriesOf(packages, newPlaceOf)],
    new Set([...leaving, ...whole]),
    new Set(created),
    tree,
  );
  return {
    journal: {
      aside: [...aside, ...metadata.aside],
      replacedDirectories: replacedDirectories(created, new Set(leaving), tree).filter(
        (directory) => !whole.has(directory),
      ),
      directories,
      moved: moves,
      created: [...created, ...metadata.created],
      emptied: parentsOf([...leaving, ...directoriesOfRemoved(input.removed, oldPlaceOf)]),
    },
    changed,
  };
}

interface KeptFile {
  readonly record: PrefixRecord;
  readonly entry: PrefixPath;
  /** Where it is. */
  readonly place: string;
}

type Placer = (path: string) => string;

function createPlacer(resolveDirectory: (directory: string) => string): Placer {
  return (path) => {
    const directory = resolveDirectory(parentOf(path));
    return directory === '' ? nameOf(path) : `${directory}/${nameOf(path)}`;
  };
}

function followOnDisk(path: string, tree: PrefixTree): { readonly target: string | undefined } | undefined {
  return tree.kindOf(path) === 'symlink' ? { target: tree.followLink(path) } : undefined;
}

function placeKept(records: readonly PrefixRecord[], placeOf: Placer): KeptFile[] {
  const files: KeptFile[] = [];
  for (const record of records) {
    for (const entry of record.paths_data.paths) {
      if (entry.path_type !== 'directory') files.push({ record, entry, place: placeOf(entry._path) });
    }
  }
  return files;
}

/** The files of removed packages that are there and that no other package has as well, as conda lets happen. */
function placeRemoved(
  records: readonly PrefixRecord[],
  placeOf: Placer,
  tree: PrefixTree,
  isKept: (place: string) => boolean,
): Set<string> {
  const gone = new Set<string>();
  for (const record of records) {
    const directories = new Set(
      record.paths_data.paths.flatMap((entry) => (entry.path_type === 'directory' ? [entry._path] : [])),
    );
    for (const file of record.files) {
      if (directories.has(file) || !isInside(file)) continue;
      const place = placeOf(file);
      const kind = tree.kindOf(place);
      if (!isKept(place) && kind !== 'missing' && kind !== 'directory') gone.add(place);
      for (const cached of file.endsWith('.py') ? cachedForms(place, tree) : []) {
        if (!isKept(cached)) gone.add(cached);
      }
    }
  }
  return gone;
}

/** A record may have been tampered with. */
function isInside(file: string): boolean {
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

function plannedLinks(packages: readonly PlannedPackage[]): ReadonlyMap<string, string> {
  const links = new Map<string, string>();
  for (const { files } of packages) {
    for (const { path, target } of files) if (target !== undefined) links.set(path, target);
  }
  return links;
}

interface Settled {
  /** Files of packages that stay, which change places. */
  readonly moved: readonly (readonly [string, string])[];
  /** By record: old `_path` to the entry as it is to be. */
  readonly displaced: ReadonlyMap<PrefixRecord, ReadonlyMap<string, PrefixPath | undefined>>;
}

function settleClaims(
  input: PlanPrefixInput,
  kept: readonly KeptFile[],
  keyOf: (path: string) => string,
  newPlaceOf: Placer,
): Settled {
  const precedence = new Map(
    sortByPrecedence([...input.unchanged, ...input.packages.map(({ record }) => record)]).map(
      (record, index) => [record.name as string, index],
    ),
  );
  const claims: Claim<KeptFile | PlannedFile>[] = [];
  for (const file of kept) {
    const wanted = file.entry.original_path ?? file.entry._path;
    claims.push({ key: keyOf(newPlaceOf(wanted)), owner: file.record.name, item: file });
  }
  for (const { record, files } of input.packages) {
    for (const file of files) {
      file.place = newPlaceOf(file.path);
      claims.push({ key: keyOf(file.place), owner: record.name, item: file });
    }
  }
  const demoted: (readonly [string, string])[] = [];
  const promoted: (readonly [string, string])[] = [];
  const displaced = new Map<PrefixRecord, Map<string, PrefixPath | undefined>>();
  const displace = (file: KeptFile, entry: PrefixPath | undefined): void => {
    const entries = displaced.get(file.record) ?? new Map<string, PrefixPath | undefined>();
    entries.set(file.entry._path, entry);
    displaced.set(file.record, entries);
  };
  resolveClaims(claims, precedence, (key, ranked) => {
    const [winner] = ranked;
    if (winner === undefined) return;
    reportClaims(input, key, ranked);
    // conda lets several packages list one file; it is the first one's.
    const occupied = new Set<string>();
    for (const { owner, item } of ranked) {
      const isWinner = item === winner.item;
      if (!('entry' in item) || !('record' in item)) {
        if (isWinner) continue;
        item.isDisplaced = true;
        item.place = `${CLOBBERS}/${owner}/${item.path}`;
        continue;
      }
      const wanted = item.entry.original_path ?? item.entry._path;
      if (occupied.has(item.place)) continue;
      occupied.add(item.place);
      const path = isWinner ? wanted : `${CLOBBERS}/${owner}/${wanted}`;
      if (path === item.entry._path) continue;
      const to = isWinner ? newPlaceOf(wanted) : path;
      (isWinner ? promoted : demoted).push([item.place, to]);
      const { original_path: _, ...entry } = item.entry;
      displace(item, { ...entry, _path: path, ...(!isWinner && { original_path: wanted }) });
    }
  });
  return { moved: [...demoted, ...promoted], displaced };
}

function reportClaims(
  input: PlanPrefixInput,
  path: string,
  ranked: readonly Claim<KeptFile | PlannedFile>[],
): void {
  const isNew = ({ item }: Claim<KeptFile | PlannedFile>): boolean => !('record' in item);
  if (ranked.length < 2 || !ranked.some(isNew)) return;
  const packages = ranked.map(({ owner }) => owner);
  input.onConflict({ path, packages, kind: ranked.every(isNew) ? 'shared' : 'known' });
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
  return [...gone]
    .filter((place) => !taken.has(keyOf(place)) && tree.kindOf(`${home}/${place}`) !== 'missing')
    .map((place) => [`${home}/${place}`, place] as const);
}

/** Where each file is made, compiled ones included. */
function placesOf(packages: readonly PlannedPackage[], newPlaceOf: Placer): string[] {
  const places = new Set<string>();
  for (const { files, compiled } of packages) {
    const displaced = new Set(files.flatMap((file) => (file.isDisplaced ? [file.path] : [])));
    for (const { place } of files) places.add(place);
    for (const [source, path] of compiled) if (!displaced.has(source)) places.add(newPlaceOf(path));
  }
  return [...places];
}

function directoriesOf(packages: readonly PlannedPackage[], newPlaceOf: Placer): string[] {
  return packages.flatMap(({ directories }) => directories.map(({ path }) => newPlaceOf(path)));
}

function directoriesOfRemoved(records: readonly PrefixRecord[], placeOf: Placer): string[] {
  return records.flatMap((record) =>
    record.paths_data.paths.flatMap((entry) =>
      // As if there had been a file in it: it goes when it is empty.
      entry.path_type === 'directory' && isInside(entry._path) ? [`${placeOf(entry._path)}/.`] : [],
    ),
  );
}

/** What of nobody stands where a file goes is put aside, to come back when the file leaves. */
function giveWay(
  input: PlanPrefixInput,
  created: readonly string[],
  gone: Set<string>,
  moved: Settled['moved'],
  tree: PrefixTree,
): (readonly [string, string])[] {
  const leaving = new Set(moved.map(([from]) => from));
  const pushed: (readonly [string, string])[] = [];
  for (const place of created) {
    const kind = tree.kindOf(place);
    if (kind === 'missing' || kind === 'directory' || gone.has(place) || leaving.has(place)) continue;
    const home = `${CLOBBERS}/${UNKNOWN_OWNER}/${place}`;
    // A compiled form is made anew, and of what waits already at home the older is the user's.
    if (place.endsWith('.pyc') || tree.kindOf(home) !== 'missing') {
      gone.add(place);
      continue;
    }
    input.onConflict({ path: place, packages: ownersOf(input.packages, place), kind: 'unknown' });
    pushed.push([place, home]);
  }
  return pushed;
}

function ownersOf(packages: readonly PlannedPackage[], place: string): string[] {
  return packages
    .filter(({ files }) => files.some((file) => file.place === place))
    .map(({ record }) => record.name);
}

/** The directories with nothing in them but what goes: they are moved with all they hold, which is one step and not thousands. */
function goneDirectories(gone: ReadonlySet<string>, tree: PrefixTree): Set<string> {
  const whole = new Set<string>();
  for (const directory of parentsOf([...gone])) {
    const isWhole = tree.namesIn(directory).every((name) => {
      const path = `${directory}/${name}`;
      return gone.has(path) || whole.has(path);
    });
    if (isWhole) whole.add(directory);
  }
  return whole;
}

/** The directories that must be made, outer ones first. */
function missingDirectories(
  wanted: readonly string[],
  leaving: ReadonlySet<string>,
  created: ReadonlySet<string>,
  tree: PrefixTree,
): string[] {
  const missing = new Set<string>();
  const visited = new Set(['']);
  const visit = (directory: string): void => {
    if (visited.has(directory)) return;
    visited.add(directory);
    visit(parentOf(directory));
    if (created.has(directory)) {
      throw new TcondaError('CLOBBER', `${directory} is a file of one package and a directory of another`);
    }
    const kind = missing.has(parentOf(directory)) ? 'missing' : tree.kindOf(directory);
    if (kind === 'directory' && !leaving.has(directory)) return;
    if (kind !== 'missing' && !leaving.has(directory)) {
      throw new TcondaError('CLOBBER', `${directory} is a file; a package needs a directory there`);
    }
    missing.add(directory);
  };
  for (const directory of wanted) visit(directory);
  return [...missing];
}

/** Directories where a file goes. All that is in them must leave. */
function replacedDirectories(
  created: readonly string[],
  leaving: ReadonlySet<string>,
  tree: PrefixTree,
): string[] {
  const replaced: string[] = [];
  const visit = (directory: string): void => {
    for (const name of tree.namesIn(directory)) {
      const path = `${directory}/${name}`;
      if (tree.kindOf(path) === 'directory') visit(path);
      else if (!leaving.has(path)) {
        throw new TcondaError(
          'CLOBBER',
          `${path} is in the way: a package needs a file in place of its directory`,
        );
      }
    }
    replaced.push(directory);
  };
  for (const place of created) if (tree.kindOf(place) === 'directory') visit(place);
  return replaced;
}

/** Every directory above the files, inner ones first. */
function parentsOf(files: readonly string[]): string[] {
  const parents = new Set<string>();
  for (const file of files) {
    for (let parent = parentOf(file); parent !== '' && !parents.has(parent); parent = parentOf(parent)) {
      parents.add(parent);
    }
  }
  parents.delete('conda-meta');
  return [...parents].toSorted((left, right) => right.split('/').length - left.split('/').length);
}

function moveRecords(input: PlanPrefixInput, displaced: Settled['displaced']): PrefixRecord[] {
  return input.unchanged.flatMap((record) => {
    const entries = displaced.get(record);
    if (entries === undefined) return input.rewritten.includes(record) ? [record] : [];
    const renamed = (path: string): string[] => {
      if (!entries.has(path)) return [path];
      const entry = entries.get(path);
      return entry === undefined ? [] : [entry._path];
    };
    const paths = record.paths_data.paths.flatMap((entry) => {
      if (!entries.has(entry._path)) return [entry];
      const moved = entries.get(entry._path);
      return moved === undefined ? [] : [moved];
    });
    return [{ ...record, files: record.files.flatMap(renamed), paths_data: { ...record.paths_data, paths } }];
  });
}

function planMetadata(
  input: PlanPrefixInput,
  changed: readonly PrefixRecord[],
): Pick<JournalPlan, 'aside' | 'created'> {
  const linked = input.packages.map(({ record }) => record);
  const created = [...changed, ...linked].map(prefixRecordPath);
  const old = [...changed, ...input.removed].map(prefixRecordPath);
  const twice = created.length - new Set(created).size;
  if (twice > 0) throw new TypeError(`two packages of one name: ${linked.map(formatDistName).join(' ')}`);
  return { aside: old.filter((file) => input.tree.kindOf(file) !== 'missing'), created };
}
