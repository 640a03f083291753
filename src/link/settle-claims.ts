import { TcondaError } from '../errors.ts';
import { sortByPrecedence } from '../model/dependency-order.ts';
import type { PrefixPath, PrefixRecord } from '../model/prefix-record.ts';
import { type Claim, resolveClaims } from './clobber.ts';
import type { PlannedFile, PlannedPackage } from './planned-package.ts';

/** Where the files are kept that gave way. */
export const CLOBBERS = '__clobbers__';

/** Says where in the prefix a path of a package really is. */
export type Placer = (path: string) => string;

/** A file of a package that stays. */
export interface KeptFile {
  readonly record: PrefixRecord;
  readonly entry: PrefixPath;
  /** Where it is. */
  readonly place: string;
}

/** A path that more than one wants, or that something of nobody stands at. */
export interface PathConflict {
  readonly path: string;
  /** Names of packages; the first has precedence. One, when what stands there belongs to none. */
  readonly packages: readonly string[];
  readonly kind: 'shared' | 'known' | 'unknown';
  /** Where what belongs to none is from then on, relative to the prefix. */
  readonly keptAs?: string;
}

/** The part of a plan's input that clobbering depends on. */
export interface SettleInput {
  readonly unchanged: readonly PrefixRecord[];
  readonly packages: readonly PlannedPackage[];
  readonly onConflict: (conflict: PathConflict) => void;
}

/** What gives way or returns. */
export interface Settled {
  /** Files of packages that stay, which change places. */
  readonly moved: readonly (readonly [string, string])[];
  /** By record: old `_path` to the entry as it is to be. */
  readonly displaced: ReadonlyMap<PrefixRecord, ReadonlyMap<string, PrefixPath>>;
}

/**
 * Gives each path to the package with precedence. Where new files go is written into them; what of packages that stay must
 * move, out of the way or back, is returned.
 */
export function settleClaims(
  input: SettleInput,
  kept: readonly KeptFile[],
  keyOf: (path: string) => string,
  newPlaceOf: Placer,
): Settled {
  for (const { record, files } of input.packages) {
    for (const file of files) {
      file.place = newPlaceOf(file.path);
      checkPlace(file.place, record.fn);
    }
  }
  if (kept.length === 0 && areDistinct(input.packages, keyOf)) return { moved: [], displaced: new Map() };
  const precedence = new Map(
    sortByPrecedence([...input.unchanged, ...input.packages.map(({ record }) => record)]).map(
      (record, index) => [record.name as string, index],
    ),
  );
  const claims: Claim<KeptFile | PlannedFile>[] = [];
  for (const file of kept) {
    claims.push({ key: keyOf(newPlaceOf(wantedPath(file))), owner: file.record.name, item: file });
  }
  for (const { record, files } of input.packages) {
    for (const file of files) claims.push({ key: keyOf(file.place), owner: record.name, item: file });
  }
  const demoted: (readonly [string, string])[] = [];
  const promoted: (readonly [string, string])[] = [];
  const displaced = new Map<PrefixRecord, Map<string, PrefixPath>>();
  const displace = (file: KeptFile, entry: PrefixPath): void => {
    const entries = displaced.get(file.record) ?? new Map<string, PrefixPath>();
    entries.set(file.entry._path, entry);
    displaced.set(file.record, entries);
  };
  const settle = (_key: string, ranked: readonly Claim<KeptFile | PlannedFile>[]): void => {
    const [winner] = ranked;
    if (winner === undefined) return;
    reportClaims(
      input,
      'record' in winner.item ? newPlaceOf(wantedPath(winner.item)) : winner.item.place,
      ranked,
    );
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
      const wanted = wantedPath(item);
      if (occupied.has(item.place)) continue;
      occupied.add(item.place);
      const path = isWinner ? wanted : `${CLOBBERS}/${owner}/${wanted}`;
      if (path === item.entry._path) continue;
      const to = isWinner ? newPlaceOf(wanted) : path;
      (isWinner ? promoted : demoted).push([item.place, to]);
      const { original_path: _, ...entry } = item.entry;
      displace(item, { ...entry, _path: path, ...(!isWinner && { original_path: wanted }) });
    }
  };
  // A new file that nobody else wants is where it wants to be.
  resolveClaims(claims, precedence, settle, (item) => !('record' in item));
  return { moved: [...demoted, ...promoted], displaced };
}

/**
 * What the environment keeps for itself is no package's, by whatever symlink it is reached.
 * @throws {TcondaError} `UNSAFE_ARCHIVE`
 */
export function checkPlace(place: string, archive: string): void {
  // The first letter says it of nearly all.
  if (!'_cC'.includes(place.charAt(0)) || !OWN_PLACE.test(place)) return;
  throw new TcondaError(
    'UNSAFE_ARCHIVE',
    `${archive} has a file for ${place}, which is the environment's own`,
  );
}

// In any case: on some file systems it is the same.
const OWN_PLACE = /^(?:conda-meta|__clobbers__)(?:\/|$)/i;

function wantedPath({ entry }: KeptFile): string {
  return entry.original_path ?? entry._path;
}

/** Whether no two files want one place, as in nearly every new environment. */
function areDistinct(packages: readonly PlannedPackage[], keyOf: (path: string) => string): boolean {
  const keys = new Set<string>();
  let count = 0;
  for (const { files } of packages) {
    count += files.length;
    for (const { place } of files) keys.add(keyOf(place));
  }
  return keys.size === count;
}

function reportClaims(
  input: SettleInput,
  path: string,
  ranked: readonly Claim<KeptFile | PlannedFile>[],
): void {
  const isNew = ({ item }: Claim<KeptFile | PlannedFile>): boolean => !('record' in item);
  if (ranked.length < 2 || !ranked.some(isNew)) return;
  const packages = ranked.map(({ owner }) => owner);
  input.onConflict({ path, packages, kind: ranked.every(isNew) ? 'shared' : 'known' });
}

/** The records that are to be written again, with their files where they are from now on. */
export function moveRecords(
  input: SettleInput & { readonly rewritten: readonly PrefixRecord[] },
  displaced: Settled['displaced'],
): PrefixRecord[] {
  return input.unchanged.flatMap((record) => {
    const entries = displaced.get(record);
    if (entries === undefined) return input.rewritten.includes(record) ? [record] : [];
    const files = record.files.map((file) => entries.get(file)?._path ?? file);
    const paths = record.paths_data.paths.map((entry) => entries.get(entry._path) ?? entry);
    return [{ ...record, files, paths_data: { ...record.paths_data, paths } }];
  });
}
