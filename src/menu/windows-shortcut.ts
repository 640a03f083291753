import path from 'node:path';

import type { MenuFile } from './menu-file.ts';
import {
  desktopDirectory,
  type MenuPlaces,
  quickLaunchFolder,
  registryFolder,
  startMenuFolder,
  terminalFolder,
} from './menu-places.ts';
import type { Menu, MenuItem } from './parse-menu.ts';
import { fillPlaceholders, slugOf } from './placeholders.ts';
import { formatShellLink, type ShellLink } from './shell-link.ts';
import { registryTexts } from './windows-registry.ts';

export interface WindowsShortcutOptions extends MenuPlaces {
  readonly prefix: string;
  readonly placeholders: ReadonlyMap<string, string>;
}

/** Where the shortcut of a menu item in the Start Menu is. */
export function windowsShortcutPath(menu: Menu, item: MenuItem, options: WindowsShortcutOptions): string {
  const fill = (text: string): string => fillPlaceholders(text, options.placeholders);
  return path.join(startMenuFolder(options), fileName(fill(menu.name)), `${fileName(fill(item.name))}.lnk`);
}

/**
 * The files of a menu item on Windows (CEP 11): a shortcut in the Start Menu, on the desktop and in the quick launch bar unless
 * the item says otherwise, a profile of Windows Terminal, and what the registry is told of types of files and of URLs. Where
 * the environment is to be entered, cmd does that by itself, so that no tconda is needed.
 */
export function windowsShortcuts(
  menu: Menu,
  item: MenuItem,
  options: WindowsShortcutOptions,
): readonly MenuFile[] {
  const fill = (text: string): string => fillPlaceholders(text, options.placeholders);
  const slug = slugOf(fill(item.name));
  const start = commandOf(item, fill, options.prefix);
  const appId = item.extra['app_user_model_id'];
  const link: ShellLink = {
    ...start,
    description: fill(item.description === '' ? item.name : item.description),
    workingDirectory: backslashes(fill(item.workingDirectory ?? '%USERPROFILE%')),
    ...(item.icon !== undefined && { icon: backslashes(fill(item.icon)) }),
    appId: (typeof appId === 'string' ? fill(appId) : `Menuinst.${slug}`).slice(0, LONGEST_APP_ID),
  };
  const at = windowsShortcutPath(menu, item, options);
  const content = formatShellLink(link);
  const folders = [
    path.dirname(at),
    ...(item.extra['desktop'] === false ? [] : [desktopDirectory(options)]),
    ...(item.extra['quicklaunch'] === false ? [] : [quickLaunchFolder(options)]),
  ];
  const files: { path: string; content: string | Buffer }[] = folders.map((folder) => ({
    path: path.join(folder, path.basename(at)),
    content,
  }));
  const name = `${slugOf(fill(menu.name))}_${slug}`;
  const profile = item.extra['terminal_profile'];
  if (typeof profile === 'string') {
    files.push({
      path: path.join(terminalFolder(options), `${name}.json`),
      content: terminalProfile(fill(profile), link),
    });
  }
  const command = `${quoteArgument(start.target)} ${start.withArgument}`;
  for (const [ending, text] of registryTexts(item, { slug, command, icon: link.icon, appId: link.appId })) {
    files.push({ path: path.join(registryFolder(options), `${name}${ending}`), content: text });
  }
  return files.map((file) => ({ ...file, mode: 0o644 }));
}

const LONGEST_APP_ID = 128;

/** A fragment, which Windows Terminal adds to its own settings. */
function terminalProfile(name: string, link: ShellLink): string {
  const profile = {
    name,
    commandline: `${quoteArgument(link.target)} ${link.arguments}`.trim(),
    startingDirectory: link.workingDirectory,
    ...(link.icon !== undefined && { icon: link.icon }),
  };
  return `${JSON.stringify({ profiles: [profile] }, undefined, 2)}\n`;
}

const CMD = String.raw`%SystemRoot%\System32\cmd.exe`;

interface Start extends Pick<ShellLink, 'target' | 'arguments' | 'isMinimized'> {
  /** The arguments with the file or URL that is to be opened. */
  readonly withArgument: string;
}

function commandOf(item: MenuItem, fill: (text: string) => string, prefix: string): Start {
  const [program = '', ...words] = item.command.map(fill);
  const opened = item.command.some((word) => word.includes('%1')) ? [] : ['"%1"'];
  if (!item.isActivated && !item.isInTerminal && item.precommand === undefined) {
    const quoted = words.map(quoteArgument);
    return {
      target: backslashes(program),
      arguments: quoted.join(' '),
      withArgument: [...quoted, ...opened].join(' '),
      isMinimized: false,
    };
  }
  const command = [backslashes(program), ...words].map(quoteArgument).join(' ');
  const argumentsFor = (last: string): string => {
    const steps = [
      ...(item.precommand === undefined ? [] : [fill(item.precommand)]),
      ...(item.isActivated ? enter(backslashes(prefix)) : []),
      item.isInTerminal ? last : `start "" ${last}`,
    ];
    return `${item.isInTerminal ? '/D /S /K' : '/D /S /C'} "${steps.join('&')}"`;
  };
  return {
    target: CMD,
    arguments: argumentsFor(command),
    withArgument: argumentsFor([command, ...opened].join(' ')),
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
