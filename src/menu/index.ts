import { chmodSync, existsSync, mkdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomicSync } from '../io/atomic-file.ts';
import type { Report } from '../model/event.ts';
import { formatDistName } from '../model/package-record.ts';
import type { PrefixData, PrefixRecord } from '../model/prefix-record.ts';
import { pythonLayout } from '../model/python-paths.ts';
import { osOfSubdir } from '../model/subdir.ts';
import { formatMenuItem } from './format-item.ts';
import { desktopDirectory, isMenuPlace, type MenuPlaces } from './menu-places.ts';
import { type MenuPlatform, parseMenu } from './parse-menu.ts';
import { menuPlaceholders } from './placeholders.ts';

export interface UpdateMenusOptions extends MenuPlaces {
  readonly rootPrefix: string;
  readonly subdir: string;
  /** Names of the packages that came. What was there before has its entries, or is to have none. */
  readonly linked: ReadonlySet<string>;
  /** Names of packages whose files were made anew: the entries that they have are, too. */
  readonly relinked?: ReadonlySet<string>;
  /** Whether entries are made for packages that come; those of packages that left go in any case. */
  readonly shortcuts: boolean;
  /** When not empty: the only packages that get entries. */
  readonly shortcutsOnly: readonly string[];
  readonly report: Report;
}

/**
 * Makes the menu entries of an environment what its packages say (CEP 11): those of packages that came are made, those of
 * packages that left go. Nothing in here is worth a failure: what does not work out is a warning.
 */
export function updateMenus(installed: PrefixData, options: UpdateMenusOptions): void {
  const { prefix, records } = installed;
  const old = readState(prefix);
  const packages = new Map<string, readonly string[]>();
  const present = new Map(records.map((record) => [formatDistName(record), record]));
  for (const [dist, files] of old) {
    if (present.has(dist)) packages.set(dist, files);
    else removeFiles(files, options);
  }
  for (const [dist, record] of present) {
    if (!isWanted(record.name, packages.has(dist), options)) continue;
    const made = makeEntries(record, installed, options);
    removeFiles(
      (packages.get(dist) ?? []).filter((file) => !made.includes(file)),
      options,
    );
    if (made.length > 0) packages.set(dist, made);
    else packages.delete(dist);
  }
  writeState(prefix, old, packages, options.report);
}

function isWanted(
  name: string,
  hasEntries: boolean,
  { shortcuts, shortcutsOnly, linked, relinked }: UpdateMenusOptions,
): boolean {
  if (!shortcuts || (shortcutsOnly.length > 0 && !shortcutsOnly.includes(name))) return false;
  return linked.has(name) || (hasEntries && relinked?.has(name) === true);
}

/** Takes away all menu entries of an environment that is about to go. @returns the `name-version-build` of those that had any */
export function removeMenus(
  prefix: string,
  options: MenuPlaces & { readonly report: Report },
): ReadonlySet<string> {
  const state = readState(prefix);
  for (const files of state.values()) removeFiles(files, options);
  return new Set(state.keys());
}

/** Whether there may be something to do for {@link updateMenus}: a look that costs nothing. */
export function mayHaveMenus(prefix: string): boolean {
  return ['Menu', 'menu', STATE].some((name) => existsSync(path.join(prefix, name)));
}

const MENU_FILE = /^menu\/[^/]+\.json$/i;

/** Relative to the prefix: by package the files that were made for it. */
const STATE = 'conda-meta/.tconda-menus';

function makeEntries(record: PrefixRecord, installed: PrefixData, options: UpdateMenusOptions): string[] {
  const os = osOfSubdir(options.subdir);
  const platform: MenuPlatform | undefined = os === 'linux' || os === 'osx' || os === 'win' ? os : undefined;
  if (platform === undefined) return [];
  const { prefix } = installed;
  const made: string[] = [];
  for (const file of record.files.filter((name) => MENU_FILE.test(name))) {
    try {
      const isBase = prefix === options.rootPrefix;
      const menu = parseMenu(readFileSync(path.join(prefix, file), 'utf8'), file, platform, isBase);
      const placeholders = placeholdersOf(installed, platform, options);
      for (const item of menu.items) {
        for (const { path: target, content, mode } of formatMenuItem(menu, item, platform, {
          ...options,
          prefix,
          placeholders,
        })) {
          mkdirSync(path.dirname(target), { recursive: true });
          writeFileAtomicSync(target, content);
          chmodSync(target, mode);
          made.push(target);
        }
      }
    } catch (error) {
      warn(`The menu entries of ${record.name} could not be made`, error, options.report);
    }
  }
  return made;
}

function placeholdersOf(
  { prefix, records }: PrefixData,
  platform: MenuPlatform,
  { rootPrefix, home, subdir }: UpdateMenusOptions,
): ReadonlyMap<string, string> {
  const python = records.find(({ name }) => name === 'python');
  const layout = python === undefined ? undefined : pythonLayout(python, subdir);
  return menuPlaceholders({
    prefix,
    rootPrefix,
    home,
    platform,
    pythonMinor: layout?.minor,
    sitePackages: layout?.sitePackages,
  });
}

/** The directories of a bundle go with its last file. */
function removeFiles(files: readonly string[], options: MenuPlaces & { readonly report: Report }): void {
  const { report } = options;
  for (const file of files) {
    // The list lies in the environment, and so may be anybody's.
    if (!isMenuPlace(file, options)) continue;
    try {
      rmSync(file, { force: true });
      const end = file.indexOf('.app/');
      if (file.endsWith('.lnk') && path.dirname(file) !== desktopDirectory(options)) {
        removeIfEmpty(path.dirname(file));
      }
      for (let at = path.dirname(file); end >= 0 && at.length >= end + '.app'.length; at = path.dirname(at)) {
        removeIfEmpty(at);
      }
    } catch (error) {
      warn(`${file} could not be removed`, error, report);
    }
  }
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Something else is in it, or it is gone.
  }
}

function readState(prefix: string): Map<string, readonly string[]> {
  try {
    const json = JSON.parse(readFileSync(path.join(prefix, STATE), 'utf8')) as Record<
      string,
      readonly string[]
    >;
    return new Map(Object.entries(json).filter(([, files]) => Array.isArray(files)));
  } catch {
    return new Map();
  }
}

function writeState(
  prefix: string,
  old: ReadonlyMap<string, readonly string[]>,
  packages: ReadonlyMap<string, readonly string[]>,
  report: Report,
): void {
  const [before, now] = [old, packages].map((state) => JSON.stringify(Object.fromEntries(state)));
  if (before === now) return;
  const file = path.join(prefix, STATE);
  try {
    if (packages.size === 0) rmSync(file, { force: true });
    else writeFileAtomicSync(file, `${now}\n`);
  } catch (error) {
    warn('The list of menu entries could not be written', error, report);
  }
}

function warn(text: string, error: unknown, report: Report): void {
  const reason = error instanceof Error ? error.message : String(error);
  report({ kind: 'warning', code: 'NO_SHORTCUT', text: `${text}: ${reason}` });
}
