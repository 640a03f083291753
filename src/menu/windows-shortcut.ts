import path from 'node:path';

import { desktopDirectory, type MenuPlaces, startMenuFolder } from './menu-places.ts';
import type { Menu, MenuItem } from './parse-menu.ts';
import { fillPlaceholders } from './placeholders.ts';
import { formatShellLink, type ShellLink } from './shell-link.ts';

export interface WindowsShortcutOptions extends MenuPlaces {
  readonly prefix: string;
  readonly placeholders: ReadonlyMap<string, string>;
}

/**
 * The shortcuts of a menu item on Windows (CEP 11): one in the Start Menu, and one on the desktop unless the item says otherwise.
 * Where the environment is to be entered, cmd does that by itself, so that no tconda is needed.
 */
export function windowsShortcuts(
  menu: Menu,
  item: MenuItem,
  options: WindowsShortcutOptions,
): readonly { readonly path: string; readonly content: Buffer }[] {
  const fill = (text: string): string => fillPlaceholders(text, options.placeholders);
  const content = formatShellLink(shellLink(item, fill, options));
  const name = `${fileName(fill(item.name))}.lnk`;
  const folders = [
    path.join(startMenuFolder(options), fileName(fill(menu.name))),
    ...(item.extra['desktop'] === false ? [] : [desktopDirectory(options)]),
  ];
  return folders.map((folder) => ({ path: path.join(folder, name), content }));
}

const CMD = String.raw`%SystemRoot%\System32\cmd.exe`;

function shellLink(
  item: MenuItem,
  fill: (text: string) => string,
  { prefix }: WindowsShortcutOptions,
): ShellLink {
  const [program = '', ...words] = item.command.map(fill);
  const common = {
    description: fill(item.description === '' ? item.name : item.description),
    workingDirectory: backslashes(fill(item.workingDirectory ?? '%USERPROFILE%')),
    ...(item.icon !== undefined && { icon: backslashes(fill(item.icon)) }),
  };
  if (!item.isActivated && !item.isInTerminal && item.precommand === undefined) {
    const target = backslashes(program);
    return { ...common, target, arguments: words.map(quoteArgument).join(' '), isMinimized: false };
  }
  const command = [backslashes(program), ...words].map(quoteArgument).join(' ');
  const steps = [
    ...(item.isActivated ? enter(backslashes(prefix)) : []),
    ...(item.precommand === undefined ? [] : [fill(item.precommand)]),
    item.isInTerminal ? command : `start "" ${command}`,
  ];
  const flags = item.isInTerminal ? '/D /S /K' : '/D /S /C';
  return {
    ...common,
    target: CMD,
    arguments: `${flags} "${steps.join('&')}"`,
    isMinimized: !item.isInTerminal,
  };
}

/** Directories of an environment that hold programs, in the order of conda. */
const PROGRAMS = ['', 'Library\\mingw-w64\\bin', 'Library\\usr\\bin', 'Library\\bin', 'Scripts', 'bin'];

function enter(prefix: string): readonly string[] {
  const directories = PROGRAMS.map((name) => (name === '' ? prefix : `${prefix}\\${name}`));
  return [
    `set "PATH=${directories.join(';')};%PATH%"`,
    `set "CONDA_PREFIX=${prefix}"`,
    `for %i in ("${prefix}\\etc\\conda\\activate.d\\*.bat") do @call "%i"`,
  ];
}

/** As programs of Windows take their command line apart. */
function quoteArgument(word: string): string {
  if (word !== '' && !/[\s"&^<>|]/.test(word)) return word;
  return `"${word.replaceAll(/(\\*)"/g, String.raw`$1$1\"`).replace(/(\\+)$/, '$1$1')}"`;
}

function backslashes(text: string): string {
  return text.replaceAll('/', '\\');
}

/** A name as Windows takes it. */
function fileName(text: string): string {
  return text.replaceAll(/[<>:"/\\|?*]/g, '-').replace(/[. ]+$/, '') || 'shortcut';
}
