import path from 'node:path';

import { quoteCsh, quoteFish, quotePosix, quotePowerShell, quotePython } from './quote.ts';
import { systemStart } from './rc-system.ts';
import type { ShellName } from './shells.ts';

/** The machine, as far as start files depend on it. */
export interface RcMachine {
  /** As `process.platform` says. */
  readonly platform: string;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly exists: (file: string) => boolean;
}

/** What `init` knows by name, and the syntax each reads. */
export const INIT_SHELLS: Readonly<Record<string, ShellName>> = {
  bash: 'posix',
  zsh: 'posix',
  fish: 'fish',
  tcsh: 'csh',
  xonsh: 'xonsh',
  powershell: 'powershell',
  nushell: 'nushell',
  posix: 'posix',
  'cmd.exe': 'cmd.exe',
};

/** The files a shell reads when a person starts it, and only then: absolute. None for cmd.exe, which has its registry. */
export function rcFiles(shell: string, machine: RcMachine): readonly string[] {
  const { platform, home, env, exists } = machine;
  const flavour = platform === 'win32' ? path.win32 : path.posix;
  const join = (...parts: readonly string[]): string => flavour.join(...parts);
  const config = absolute(env['XDG_CONFIG_HOME']) ?? join(home, '.config');
  switch (shell) {
    case 'bash':
      // Terminals of macOS and Windows start login shells.
      return [join(home, platform === 'linux' ? '.bashrc' : '.bash_profile')];
    case 'zsh':
      return [join(absolute(env['ZDOTDIR']) ?? home, '.zshrc')];
    case 'posix':
      return [absolute(env['ENV']) ?? join(home, '.profile')];
    case 'fish':
      return [join(config, 'fish', 'config.fish')];
    case 'tcsh': {
      // With a ~/.tcshrc, tcsh no longer reads ~/.cshrc.
      const isCsh = !exists(join(home, '.tcshrc')) && exists(join(home, '.cshrc'));
      return [join(home, isCsh ? '.cshrc' : '.tcshrc')];
    }
    case 'xonsh':
      return [join(home, '.xonshrc')];
    case 'powershell':
      return platform === 'win32'
        ? ['PowerShell', 'WindowsPowerShell'].map((name) => join(home, 'Documents', name, 'profile.ps1'))
        : [join(config, 'powershell', 'profile.ps1')];
    case 'nushell':
      return [join(nushellFolder(machine, config), 'config.nu')];
    default:
      return [];
  }
}

/** What the block in a start file reads. */
export interface RcSources {
  /** The file of the hook. */
  readonly hookFile: string;
  /** The text of the hook. */
  readonly hook: string;
  /** The file that enters the environment of new shells; for all users its name alone, as each has one. */
  readonly startFile: string;
  /** The start file is that of all users. */
  readonly isSystem?: boolean;
}

/** What stands in the start file: it reads the file of the hook if that is there, and starts no process. */
export function rcBody(shell: ShellName, sources: RcSources): string {
  const { hookFile: file, hook, startFile: start, isSystem = false } = sources;
  const block = (head: string, source: string, quotedStart: string, end: string): string =>
    [
      head,
      ...[source, ...(isSystem ? systemStart(shell, start) : [`__tconda_start ${quotedStart}`])].map(
        (line) => `    ${line}`,
      ),
      ...(end === '' ? [] : [end]),
    ].join('\n');
  switch (shell) {
    case 'posix': {
      const quoted = quotePosix(file);
      return block(`if [ -r ${quoted} ]; then`, `. ${quoted}`, quotePosix(start), 'fi');
    }
    case 'fish': {
      const quoted = quoteFish(file);
      return block(`if test -r ${quoted}`, `source ${quoted}`, quoteFish(start), 'end');
    }
    case 'csh': {
      const quoted = quoteCsh(file);
      return block(`if (-r ${quoted}) then`, `source ${quoted}`, quoteCsh(start), 'endif');
    }
    case 'xonsh': {
      const entering = isSystem
        ? systemStart(shell, start)
        : [`aliases['__tconda_start']([${quotePython(start)}])`];
      return [
        'import os as _os',
        `if _os.path.exists(${quotePython(file)}):`,
        `    with open(${quotePython(file)}, encoding='utf-8') as _tconda:`,
        "        __xonsh__.execer.exec(_tconda.read(), glbs=__xonsh__.ctx, filename='tconda')",
        '    del _tconda',
        ...entering.map((line) => `    ${line}`),
        'del _os',
      ].join('\n');
    }
    case 'powershell': {
      const quoted = quotePowerShell(file);
      const source = `. ${quoted}`;
      return isSystem
        ? block(`if (Test-Path -LiteralPath ${quoted}) {`, source, '', '}')
        : `if (Test-Path -LiteralPath ${quoted}) { ${source}; __tconda_start ${quotePowerShell(start)} }`;
    }
    case 'cmd.exe':
      return hook.trim();
    case 'nushell':
      // A file that nushell reads must be there when it starts, or it reads no configuration at all.
      return `${hook.trim()}\n__tconda_start ${JSON.stringify(start)}`;
  }
}

/** What stands in the start file instead after `init --condabin`: the program is on PATH, and no more. */
export function condabinBody(shell: ShellName, folder: string): string {
  switch (shell) {
    case 'posix':
      return `case ":$PATH:" in\n    *:${quotePosix(folder)}:*) ;;\n    *) export PATH=${quotePosix(folder)}:"$PATH" ;;\nesac`;
    case 'fish':
      return `contains -- ${quoteFish(folder)} $PATH; or set -gx PATH ${quoteFish(folder)} $PATH`;
    case 'csh':
      return `if (":\${PATH:q}:" !~ *:${quoteCsh(folder)}:*) setenv PATH ${quoteCsh(`${folder}:`)}"$PATH:q"`;
    case 'xonsh':
      return `if ${quotePython(folder)} not in $PATH:\n    $PATH.insert(0, ${quotePython(folder)})`;
    case 'powershell':
      return `$Env:PATH = ${quotePowerShell(folder)} + [IO.Path]::PathSeparator + $Env:PATH`;
    case 'nushell':
      return `if ${JSON.stringify(folder)} not-in $env.PATH { $env.PATH = ($env.PATH | prepend ${JSON.stringify(folder)}) }`;
    case 'cmd.exe':
      return '';
  }
}

/** The name of the hook's file. */
export function hookFileName(shell: ShellName): string {
  const extensions: Readonly<Record<ShellName, string>> = {
    posix: '.sh',
    csh: '.csh',
    fish: '.fish',
    xonsh: '.xsh',
    powershell: '.ps1',
    nushell: '.nu',
    'cmd.exe': '.bat',
  };
  return `tconda${extensions[shell]}`;
}

/**
 * The value of cmd.exe's `AutoRun`, with the hook added or taken out; the rest stays.
 * @param hook the batch file, absolute
 */
export function setAutoRun(value: string, hook: string, isWanted: boolean): string {
  const call = `if exist "${hook}" "${hook}"`;
  const others = value
    .split(' & ')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== call);
  return (isWanted ? [...others, call] : others).join(' & ');
}

function nushellFolder({ platform, home, env }: RcMachine, config: string): string {
  const given = absolute(env['XDG_CONFIG_HOME']);
  if (given !== undefined || platform === 'linux') return path.posix.join(config, 'nushell');
  if (platform === 'darwin') return path.posix.join(home, 'Library', 'Application Support', 'nushell');
  return path.win32.join(env['APPDATA'] ?? path.win32.join(home, 'AppData', 'Roaming'), 'nushell');
}

function absolute(text: string | undefined): string | undefined {
  return text !== undefined && (path.posix.isAbsolute(text) || path.win32.isAbsolute(text))
    ? text
    : undefined;
}
