import path from 'node:path';

import { escapeXml } from './escape-xml.ts';
import { beforeCommand } from './item-command.ts';
import type { MenuFile } from './menu-file.ts';
import { desktopFolder, type MenuPlaces, menuFolder, mimeFolder, subMenuFolder } from './menu-places.ts';
import type { Menu, MenuItem } from './parse-menu.ts';
import { fillPlaceholders, slugOf } from './placeholders.ts';

export interface DesktopEntryOptions extends MenuPlaces {
  readonly prefix: string;
  readonly placeholders: ReadonlyMap<string, string>;
}

/** Where the desktop entry of a menu item is. */
export function desktopEntryPath(menu: Menu, item: MenuItem, options: DesktopEntryOptions): string {
  return path.join(desktopFolder(options), `${entryName(menu, item, options)}.desktop`);
}

/**
 * The files of a menu item on Linux: its desktop entry, a submenu for it, and what says which files are of the types that it
 * brings. Each item has all of them for itself, so that they go with it whatever else is in the same menu.
 */
export function desktopEntry(menu: Menu, item: MenuItem, options: DesktopEntryOptions): readonly MenuFile[] {
  const name = entryName(menu, item, options);
  const title = fillPlaceholders(menu.name, options.placeholders);
  const files = [
    { path: desktopEntryPath(menu, item, options), content: formatEntry(item, options) },
    { path: path.join(subMenuFolder(options), `${name}.directory`), content: formatDirectory(title) },
    { path: path.join(menuFolder(options), `${name}.menu`), content: formatMenu(title, name) },
  ];
  const types = formatTypes(item, options);
  if (types !== undefined) {
    files.push({ path: path.join(mimeFolder(options), 'packages', `${name}.xml`), content: types });
  }
  return files.map((file) => ({ ...file, mode: 0o644 }));
}

function entryName(menu: Menu, item: MenuItem, { placeholders }: DesktopEntryOptions): string {
  return [menu.name, item.name].map((text) => slugOf(fillPlaceholders(text, placeholders))).join('_');
}

function formatEntry(item: MenuItem, { placeholders, prefix }: DesktopEntryOptions): string {
  const fill = (text: string): string => fillPlaceholders(text, placeholders);
  const lines = [
    '[Desktop Entry]',
    'Type=Application',
    'Encoding=UTF-8',
    `Name=${escapeValue(fill(item.name))}`,
    `Exec=${execLine(item, placeholders, prefix)}`,
    `Terminal=${item.isInTerminal}`,
  ];
  if (item.icon !== undefined) lines.push(`Icon=${escapeValue(fill(item.icon))}`);
  if (item.description !== '') lines.push(`Comment=${escapeValue(fill(item.description))}`);
  if (item.workingDirectory !== undefined) lines.push(`Path=${escapeValue(fill(item.workingDirectory))}`);
  for (const key of DESKTOP_KEYS) {
    const value = item.extra[key];
    if (Array.isArray(value))
      lines.push(`${key}=${value.map((one) => `${escapeItem(fill(String(one)))};`).join('')}`);
    else if (typeof value === 'string') lines.push(`${key}=${escapeValue(fill(value))}`);
    else if (typeof value === 'boolean') lines.push(`${key}=${value}`);
  }
  return `${lines.join('\n')}\n`;
}

/** What a desktop entry may have besides; the Desktop Entry Specification. */
const DESKTOP_KEYS =
  `Categories DBusActivatable GenericName Hidden Implements Keywords MimeType NoDisplay NotShowIn OnlyShowIn
  PrefersNonDefaultGPU SingleMainWindow StartupNotify StartupWMClass TryExec`.split(/\s+/);

/**
 * The command line of a desktop entry. What a file manager puts in place of `%f` comes as an argument of its own and never
 * into the text that the shell reads; a `%` of a path is written twice.
 */
function execLine(item: MenuItem, placeholders: ReadonlyMap<string, string>, prefix: string): string {
  const doubled = new Map([...placeholders].map(([name, value]) => [name, value.replaceAll('%', '%%')]));
  const fill = (text: string): string => fillPlaceholders(text, doubled);
  const words = item.command.map(fill);
  const before = beforeCommand(item, fill, prefix.replaceAll('%', '%%'));
  const all =
    before.length === 0 ? words : ['bash', '-c', [...before, 'exec "$@"'].join(' && '), 'bash', ...words];
  return escapeValue(all.map(quoteWord).join(' '));
}

/** As the Desktop Entry Specification quotes arguments; its field codes stay bare. */
function quoteWord(word: string): string {
  return /^(?:[\w@+=:,./-]+|%[a-zA-Z])$/.test(word)
    ? word
    : `"${word.replaceAll(/["`$\\]/g, String.raw`\$&`)}"`;
}

function escapeValue(text: string): string {
  return text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`);
}

/** Of a list, whose items `;` separates. */
function escapeItem(text: string): string {
  return escapeValue(text.replace(/;$/, '')).replaceAll(';', String.raw`\;`);
}

function formatDirectory(title: string): string {
  return `[Desktop Entry]\nType=Directory\nEncoding=UTF-8\nName=${escapeValue(title)}\n`;
}

/** A part that desktops merge into their menu, so that no file of theirs must be changed; the Desktop Menu Specification. */
function formatMenu(title: string, name: string): string {
  return (
    '<!DOCTYPE Menu PUBLIC "-//freedesktop//DTD Menu 1.0//EN"\n' +
    ' "http://www.freedesktop.org/standards/menu-spec/menu-1.0.dtd">\n' +
    '<Menu>\n  <Name>Applications</Name>\n  <Menu>\n' +
    `    <Name>${escapeXml(title.replaceAll('/', '-'))}</Name>\n` +
    `    <Directory>${escapeXml(name)}.directory</Directory>\n` +
    `    <Include>\n      <Filename>${escapeXml(name)}.desktop</Filename>\n    </Include>\n` +
    '  </Menu>\n</Menu>\n'
  );
}

/** Which names the files have whose types no other package of the system knows; Shared MIME-info. */
function formatTypes(item: MenuItem, { placeholders }: DesktopEntryOptions): string | undefined {
  const patterns = item.extra['glob_patterns'];
  if (typeof patterns !== 'object' || patterns === null) return undefined;
  const fill = (text: string): string => escapeXml(fillPlaceholders(text, placeholders));
  const types = Object.entries(patterns).flatMap(([type, pattern]) => {
    const globs = (Array.isArray(pattern) ? pattern : [pattern]).filter((one) => typeof one === 'string');
    if (globs.length === 0 || !/^[^/\s]+\/[^/\s]+$/.test(type)) return [];
    const comment = item.description === '' ? item.name : item.description;
    return [
      `  <mime-type type="${fill(type)}">\n    <comment>${fill(comment)}</comment>\n`,
      ...globs.map((glob) => `    <glob pattern="${fill(glob)}"/>\n`),
      '  </mime-type>\n',
    ];
  });
  if (types.length === 0) return undefined;
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">\n${types.join('')}</mime-info>\n`
  );
}
