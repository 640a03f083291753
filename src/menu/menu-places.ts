import path from 'node:path';

/** What decides where menu entries are kept. */
export interface MenuPlaces {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

function dataFolder({ home, env }: MenuPlaces): string {
  return absoluteOr(env['XDG_DATA_HOME'], path.join(home, '.local/share'));
}

/** The folder of desktop entries. */
export function desktopFolder(places: MenuPlaces): string {
  return path.join(dataFolder(places), 'applications');
}

/** The folder of the names of submenus. */
export function subMenuFolder(places: MenuPlaces): string {
  return path.join(dataFolder(places), 'desktop-directories');
}

/** The folder of the types of files. */
export function mimeFolder(places: MenuPlaces): string {
  return path.join(dataFolder(places), 'mime');
}

/** The folder of what desktops merge into their menu. */
export function menuFolder({ home, env }: MenuPlaces): string {
  const configuration = absoluteOr(env['XDG_CONFIG_HOME'], path.join(home, '.config'));
  return path.join(configuration, 'menus/applications-merged');
}

/** The folder of application bundles. */
export function applicationsFolder({ home }: MenuPlaces): string {
  return path.join(home, 'Applications');
}

function roamingFolder({ home, env }: MenuPlaces): string {
  return path.join(env['APPDATA'] ?? path.join(home, 'AppData/Roaming'), 'Microsoft');
}

function localFolder({ home, env }: MenuPlaces): string {
  return env['LOCALAPPDATA'] ?? path.join(home, 'AppData/Local');
}

/** The folder of the Start Menu's programs. */
export function startMenuFolder(places: MenuPlaces): string {
  return path.join(roamingFolder(places), 'Windows/Start Menu/Programs');
}

/** The folder of what the task bar once had at its beginning. */
export function quickLaunchFolder(places: MenuPlaces): string {
  return path.join(roamingFolder(places), 'Internet Explorer/Quick Launch');
}

/** The folder of what lies on the desktop of Windows. */
export function desktopDirectory({ home, env }: MenuPlaces): string {
  return path.join(env['USERPROFILE'] ?? home, 'Desktop');
}

/** The folder of profiles that Windows Terminal takes from other programs. */
export function terminalFolder(places: MenuPlaces): string {
  return path.join(localFolder(places), 'Microsoft/Windows Terminal/Fragments/tconda');
}

/** The folder of what was told to the registry. */
export function registryFolder(places: MenuPlaces): string {
  return path.join(localFolder(places), 'tconda/menus');
}

/** Whether a file can be one that stands for a menu entry. */
export function isMenuPlace(file: string, places: MenuPlaces): boolean {
  if (path.normalize(file) !== file) return false;
  const directory = path.dirname(file);
  const folders = FOLDERS.get(path.extname(file))?.map((folder) => folder(places)) ?? [];
  if (folders.includes(directory)) return true;
  if (file.endsWith('.lnk') && path.dirname(directory) === startMenuFolder(places)) return true;
  const below = path.relative(applicationsFolder(places), file);
  return /^(?!\.\.)[^/\\]+\.app[/\\]Contents[/\\]/.test(below);
}

/** By the ending of the files in them. */
const FOLDERS: ReadonlyMap<string, readonly ((places: MenuPlaces) => string)[]> = new Map([
  ['.desktop', [desktopFolder]],
  ['.directory', [subMenuFolder]],
  ['.menu', [menuFolder]],
  ['.xml', [(places: MenuPlaces) => path.join(mimeFolder(places), 'packages')]],
  ['.lnk', [desktopDirectory, quickLaunchFolder]],
  ['.json', [terminalFolder]],
  ['.reg', [registryFolder]],
]);

/** The XDG Base Directory Specification has paths that are not absolute ignored. */
function absoluteOr(given: string | undefined, otherwise: string): string {
  return given !== undefined && path.isAbsolute(given) ? given : otherwise;
}
