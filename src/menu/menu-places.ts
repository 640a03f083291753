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

/** Whether a file can be one that stands for a menu entry. */
export function isMenuPlace(file: string, places: MenuPlaces): boolean {
  if (path.normalize(file) !== file) return false;
  const isEntry = path.dirname(file) === desktopFolder(places) && file.endsWith('.desktop');
  const below = path.relative(applicationsFolder(places), file);
  return isEntry || /^(?!\.\.)[^/\\]+\.app[/\\]Contents[/\\]/.test(below);
}
