import { applicationBundle, applicationBundlePath } from './application-bundle.ts';
import { desktopEntry, desktopEntryPath } from './desktop-entry.ts';
import type { MenuFile } from './menu-file.ts';
import type { MenuPlaces } from './menu-places.ts';
import type { Menu, MenuItem, MenuPlatform } from './parse-menu.ts';
import { windowsShortcutPath, windowsShortcuts } from './windows-shortcut.ts';

export interface FormatItemOptions extends MenuPlaces {
  readonly prefix: string;
  readonly placeholders: ReadonlyMap<string, string>;
}

/** Where a menu item is: a desktop entry, a bundle, a shortcut. Its texts can name it as `{{ MENU_ITEM_LOCATION }}`. */
export function menuItemPath(
  menu: Menu,
  item: MenuItem,
  platform: MenuPlatform,
  options: FormatItemOptions,
): string {
  if (platform === 'win') return windowsShortcutPath(menu, item, options);
  return platform === 'linux' ? desktopEntryPath(menu, item, options) : applicationBundlePath(item, options);
}

/** The files of a menu item. */
export function formatMenuItem(
  menu: Menu,
  item: MenuItem,
  platform: MenuPlatform,
  options: FormatItemOptions,
): readonly MenuFile[] {
  if (platform === 'win') return windowsShortcuts(menu, item, options);
  return platform === 'linux' ? desktopEntry(menu, item, options) : applicationBundle(item, options);
}
