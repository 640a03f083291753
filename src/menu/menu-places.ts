import path from 'node:path';

/** What decides where menu entries are kept. */
export interface MenuPlaces {
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The folder of desktop entries. */
export function desktopFolder({ home, env }: MenuPlaces): string {
  return path.join(env['XDG_DATA_HOME'] ?? path.join(home, '.local/share'), 'applications');
}

/** The folder of application bundles. */
export function applicationsFolder({ home }: MenuPlaces): string {
  return path.join(home, 'Applications');
}

/** The folder of the Start Menu's programs. */
export function startMenuFolder({ home, env }: MenuPlaces): string {
  const roaming = env['APPDATA'] ?? path.join(home, 'AppData/Roaming');
  return path.join(roaming, 'Microsoft/Windows/Start Menu/Programs');
}

/** The folder of what lies on the desktop of Windows. */
export function desktopDirectory({ home, env }: MenuPlaces): string {
  return path.join(env['USERPROFILE'] ?? home, 'Desktop');
}

/** Whether a file can be one that stands for a menu entry. */
export function isMenuPlace(file: string, places: MenuPlaces): boolean {
  if (path.normalize(file) !== file) return false;
  const isEntry = path.dirname(file) === desktopFolder(places) && file.endsWith('.desktop');
  const below = path.relative(applicationsFolder(places), file);
  if (file.endsWith('.lnk')) {
    const isOnDesktop = path.dirname(file) === desktopDirectory(places);
    return isOnDesktop || path.dirname(path.dirname(file)) === startMenuFolder(places);
  }
  return isEntry || /^(?!\.\.)[^/\\]+\.app[/\\]Contents[/\\]/.test(below);
}
