import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { Report } from '../model/event.ts';
import { formatDistName } from '../model/package-record.ts';
import type { PrefixData, PrefixRecord } from '../model/prefix-record.ts';
import { pythonLayout } from '../model/python-paths.ts';
import { osOfSubdir } from '../model/subdir.ts';
import { formatMenuItem, menuItemPath } from './format-item.ts';
import {
  digestOfMenuFile,
  type MadeFiles,
  makeMenuFile,
  type MenuFile,
  removeMenuFile,
} from './menu-file.ts';
import type { MenuPlaces } from './menu-places.ts';
import { readMenuState, STATE_FILE, writeMenuState } from './menu-state.ts';
import { type Menu, type MenuItem, type MenuPlatform, parseMenu } from './parse-menu.ts';
import { fillPlaceholders, menuPlaceholders } from './placeholders.ts';
import { runPrecreate } from './precreate.ts';
import { renewCaches, tellOfGoing, tellOfMade } from './tell-system.ts';

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
  /** Names of packages that get the entries they have not, though they were there before. */
  readonly wanted?: ReadonlySet<string>;
  /** Whether what items want to happen before they are made is run: asked once, with their names, and only if there is any. */
  readonly mayPrecreate: (scripts: readonly string[]) => Promise<boolean>;
  readonly report: Report;
  readonly signal?: AbortSignal;
}

/**
 * Makes the menu entries of an environment what its packages say (CEP 11): those of packages that came are made, those of
 * packages that left go. Nothing in here is worth a failure: what does not work out is a warning.
 * @throws the signal's reason
 */
export async function updateMenus(installed: PrefixData, options: UpdateMenusOptions): Promise<void> {
  const { prefix, records } = installed;
  const old = readMenuState(prefix);
  const packages = new Map<string, MadeFiles>();
  const present = new Map(records.map((record) => [formatDistName(record), record]));
  for (const [dist, files] of old) {
    if (present.has(dist)) packages.set(dist, files);
    else await removeFiles(files, options);
  }
  const coming = [...present].filter(([dist, { name }]) => isWanted(name, packages.has(dist), options));
  const menus = coming.map(([dist, record]) => ({
    dist,
    record,
    items: readItems(record, installed, options),
  }));
  const scripts = menus.flatMap(({ record, items }) =>
    items.flatMap(({ item }) => (item.precreate === undefined ? [] : [`precreate of ${record.name}`])),
  );
  const precreates = scripts.length > 0 && (await options.mayPrecreate([...new Set(scripts)]));
  let written = old;
  const note = (): void => {
    tryTo('The list of menu entries could not be written', options.report, () => {
      writeMenuState(prefix, written, packages);
      written = new Map(packages);
    });
  };
  const made: string[] = [];
  for (const { dist, record, items } of menus) {
    const before = packages.get(dist) ?? new Map<string, string>();
    const files = await formatEntries(record, items, before, { ...options, precreates });
    const digests = new Map(files.map((file) => [file.path, digestOfMenuFile(file)]));
    await removeFiles(new Map([...before].filter(([file]) => !digests.has(file))), options);
    if (files.length > 0) packages.set(dist, digests);
    else packages.delete(dist);
    // First the list: what is made is in it, whatever happens meanwhile.
    note();
    for (const file of files) {
      tryTo(`The menu entries of ${record.name} could not be made`, options.report, () => makeMenuFile(file));
      made.push(file.path);
    }
  }
  note();
  await tellOfMade(made, options);
}

function isWanted(
  name: string,
  hasEntries: boolean,
  { shortcuts, shortcutsOnly, linked, relinked, wanted }: UpdateMenusOptions,
): boolean {
  if (!shortcuts || (shortcutsOnly.length > 0 && !shortcutsOnly.includes(name))) return false;
  if (!hasEntries && wanted?.has(name) === true) return true;
  return linked.has(name) || (hasEntries && relinked?.has(name) === true);
}

/** Takes away all menu entries of an environment that is about to go. @returns the `name-version-build` of those that had any */
export async function removeMenus(
  prefix: string,
  options: MenuPlaces & { readonly report: Report },
): Promise<ReadonlySet<string>> {
  const state = readMenuState(prefix);
  for (const files of state.values()) await removeFiles(files, options);
  return new Set(state.keys());
}

/** Whether there may be something to do for {@link updateMenus}: a look that costs nothing. */
export function mayHaveMenus(prefix: string): boolean {
  return ['Menu', 'menu', STATE_FILE].some((name) => existsSync(path.join(prefix, name)));
}

const MENU_FILE = /^menu\/[^/]+\.json$/i;

/** A menu item of a package, and what its texts may name. */
interface ReadItem {
  readonly menu: Menu;
  readonly item: MenuItem;
  readonly platform: MenuPlatform;
  readonly prefix: string;
  readonly placeholders: ReadonlyMap<string, string>;
}

function readItems(
  record: PrefixRecord,
  installed: PrefixData,
  options: UpdateMenusOptions,
): readonly ReadItem[] {
  const os = osOfSubdir(options.subdir);
  const platform: MenuPlatform | undefined = os === 'linux' || os === 'osx' || os === 'win' ? os : undefined;
  if (platform === undefined) return [];
  const { prefix } = installed;
  return record.files
    .filter((name) => MENU_FILE.test(name))
    .flatMap((file) => {
      const read = tryTo(`The menu entries of ${record.name} could not be made`, options.report, () => {
        const isBase = prefix === options.rootPrefix;
        const menu = parseMenu(readFileSync(path.join(prefix, file), 'utf8'), file, platform, isBase);
        const common = placeholdersOf(installed, platform, options);
        return menu.items.map((item): ReadItem => {
          const at = menuItemPath(menu, item, platform, { ...options, prefix, placeholders: common });
          const placeholders = new Map([...common, ['MENU_ITEM_LOCATION', at]]);
          return { menu, item, platform, prefix, placeholders };
        });
      });
      return read ?? [];
    });
}

async function formatEntries(
  record: PrefixRecord,
  items: readonly ReadItem[],
  before: MadeFiles,
  options: UpdateMenusOptions & { readonly precreates: boolean },
): Promise<readonly MenuFile[]> {
  const files = new Map<string, MenuFile>();
  for (const { menu, item, platform, prefix, placeholders } of items) {
    try {
      if (platform === 'osx') checkNoOther(placeholders.get('MENU_ITEM_LOCATION') ?? '', before);
      if (options.precreates && item.precreate !== undefined) {
        await runPrecreate(fillPlaceholders(item.precreate, placeholders), record, { ...options, platform });
      }
      for (const file of formatMenuItem(menu, item, platform, { ...options, prefix, placeholders })) {
        files.set(file.path, file);
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      warn(`The menu entries of ${record.name} could not be made`, error, options.report);
    }
  }
  return [...files.values()];
}

/** An application is a folder of many files; ours are not put among those of another. */
function checkNoOther(bundle: string, before: MadeFiles): void {
  const isOurs = [...before.keys()].some((file) => file.startsWith(`${bundle}/`));
  if (!isOurs && existsSync(bundle)) {
    throw new TcondaError('INVALID_PACKAGE', `there is another application at ${bundle}`);
  }
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

async function removeFiles(
  files: MadeFiles,
  options: MenuPlaces & { readonly report: Report; readonly signal?: AbortSignal },
): Promise<void> {
  const { report } = options;
  await tellOfGoing([...files.keys()], options);
  const gone = [...files].filter(
    ([file, digest]) =>
      tryTo(`${file} could not be removed`, report, () => removeMenuFile(file, digest, options)) === true,
  );
  await renewCaches(
    gone.map(([file]) => file),
    options,
  );
}

function tryTo<T>(text: string, report: Report, act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    warn(text, error, report);
    return undefined;
  }
}

function warn(text: string, error: unknown, report: Report): void {
  const reason = error instanceof Error ? error.message : String(error);
  report({ kind: 'warning', code: 'NO_SHORTCUT', text: `${text}: ${reason}` });
}
