import path from 'node:path';

import { applicationsFolder, desktopFolder, type MenuPlaces } from './menu-places.ts';
import type { Menu, MenuItem, MenuPlatform } from './parse-menu.ts';
import { fillPlaceholders, slugOf } from './placeholders.ts';
import { windowsShortcuts } from './windows-shortcut.ts';

/** A file that stands for a menu item. */
export interface MenuFile {
  /** Absolute. */
  readonly path: string;
  readonly content: string | Buffer;
  readonly mode: number;
}

export interface FormatItemOptions extends MenuPlaces {
  readonly prefix: string;
  readonly placeholders: ReadonlyMap<string, string>;
}

/**
 * The files of a menu item: a desktop entry on Linux, an application bundle with a script on macOS, shortcuts on Windows.
 */
export function formatMenuItem(
  menu: Menu,
  item: MenuItem,
  platform: MenuPlatform,
  options: FormatItemOptions,
): readonly MenuFile[] {
  if (platform === 'win') {
    return windowsShortcuts(menu, item, options).map((file) => ({ ...file, mode: 0o644 }));
  }
  return platform === 'linux' ? desktopEntry(menu, item, options) : applicationBundle(item, options);
}

function desktopEntry(menu: Menu, item: MenuItem, options: FormatItemOptions): readonly MenuFile[] {
  const fill = (text: string): string => fillPlaceholders(text, options.placeholders);
  const file = `${slugOf(fill(menu.name))}_${slugOf(fill(item.name))}.desktop`;
  const lines = [
    '[Desktop Entry]',
    'Type=Application',
    'Encoding=UTF-8',
    `Name=${escapeValue(fill(item.name))}`,
    `Exec=${execLine(item, fill, options.prefix)}`,
    `Terminal=${item.isInTerminal}`,
  ];
  if (item.icon !== undefined) lines.push(`Icon=${escapeValue(fill(item.icon))}`);
  if (item.description !== '') lines.push(`Comment=${escapeValue(fill(item.description))}`);
  if (item.workingDirectory !== undefined) lines.push(`Path=${escapeValue(fill(item.workingDirectory))}`);
  for (const key of DESKTOP_KEYS) {
    const value = item.extra[key];
    if (Array.isArray(value))
      lines.push(`${key}=${value.map((one) => `${escapeValue(fill(String(one)))};`).join('')}`);
    else if (typeof value === 'string') lines.push(`${key}=${escapeValue(fill(value))}`);
    else if (typeof value === 'boolean') lines.push(`${key}=${value}`);
  }
  return [{ path: path.join(desktopFolder(options), file), content: `${lines.join('\n')}\n`, mode: 0o644 }];
}

/** What a desktop entry may have besides; the Desktop Entry Specification. */
const DESKTOP_KEYS =
  `Categories DBusActivatable GenericName Hidden Implements Keywords MimeType NoDisplay NotShowIn OnlyShowIn
  PrefersNonDefaultGPU SingleMainWindow StartupNotify StartupWMClass TryExec`.split(/\s+/);

function applicationBundle(item: MenuItem, options: FormatItemOptions): readonly MenuFile[] {
  const fill = (text: string): string => fillPlaceholders(text, options.placeholders);
  const name = fill(item.name);
  const program = slugOf(name);
  const bundle = path.join(applicationsFolder(options), `${name.replaceAll('/', '-')}.app`, 'Contents');
  const version = item.extra['CFBundleVersion'];
  const identifier = item.extra['CFBundleIdentifier'];
  const properties: Readonly<Record<string, string>> = {
    CFBundleName: name.slice(0, 15),
    CFBundleDisplayName: name,
    CFBundleExecutable: program,
    CFBundleIdentifier: typeof identifier === 'string' ? fill(identifier) : `org.conda.${program}`,
    CFBundlePackageType: 'APPL',
    CFBundleVersion: typeof version === 'string' ? fill(version) : '1.0.0',
    CFBundleShortVersionString: typeof version === 'string' ? fill(version) : '1.0.0',
    ...(item.icon !== undefined && { CFBundleIconFile: path.basename(fill(item.icon)) }),
  };
  const entries = Object.entries(properties).map(
    ([key, value]) => `\t<key>${key}</key>\n\t<string>${escapeXml(value)}</string>\n`,
  );
  const plist =
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n' +
    `<plist version="1.0">\n<dict>\n${entries.join('')}</dict>\n</plist>\n`;
  const command = item.command.map((word) => quoteShell(fill(word))).join(' ');
  const script = `#!/bin/bash\n${[...beforeCommand(item, fill, options.prefix), command].join(' && ')} "$@"\n`;
  return [
    { path: path.join(bundle, 'Info.plist'), content: plist, mode: 0o644 },
    { path: path.join(bundle, 'PkgInfo'), content: 'APPL????', mode: 0o644 },
    { path: path.join(bundle, 'MacOS', program), content: script, mode: 0o755 },
  ];
}

/** What a shell is to run before the command: the environment enters itself, so that no tconda is needed. */
function beforeCommand(item: MenuItem, fill: (text: string) => string, prefix: string): readonly string[] {
  return [
    ...(item.precommand === undefined ? [] : [fill(item.precommand)]),
    ...(item.isActivated ? [`. ${quoteShell(path.join(prefix, 'bin/activate'))}`] : []),
  ];
}

/**
 * The command line of a desktop entry. What a file manager puts in place of `%f` comes as an argument of its own and never
 * into the text that the shell reads.
 */
function execLine(item: MenuItem, fill: (text: string) => string, prefix: string): string {
  const words = item.command.map(fill);
  const before = beforeCommand(item, fill, prefix);
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

function quoteShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function escapeValue(text: string): string {
  return text.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`);
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
