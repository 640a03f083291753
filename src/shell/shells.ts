import { TcondaError } from '../errors.ts';
import { quoteCsh, quoteFish, quotePosix, quotePosixPath, quotePowerShell, quotePython } from './quote.ts';

/** The kinds of shells, each with a syntax of its own. */
export type ShellName = 'posix' | 'csh' | 'fish' | 'xonsh' | 'powershell' | 'nushell' | 'cmd.exe';

/** How one shell says things. Each function gives a whole statement. */
export interface ShellSyntax {
  readonly export: (name: string, value: string) => string;
  readonly unset: (name: string) => string;
  /** Sets a variable without exporting it. */
  readonly set: (name: string, value: string) => string;
  readonly run: (script: string) => string;
  /** PATH, where it isn't one text with separators. */
  readonly exportPath?: (entries: readonly string[]) => string;
  /** What the names of its scripts end in. */
  readonly scriptExtension: string;
  /** Between statements, and behind the last one. */
  readonly end: string;
  /** The variable of the prompt; undefined where the hook draws it. */
  readonly promptVariable: string | undefined;
}

const ALIASES: Readonly<Record<string, ShellName>> = {
  posix: 'posix',
  sh: 'posix',
  bash: 'posix',
  zsh: 'posix',
  dash: 'posix',
  ash: 'posix',
  csh: 'csh',
  tcsh: 'csh',
  fish: 'fish',
  xonsh: 'xonsh',
  powershell: 'powershell',
  pwsh: 'powershell',
  nu: 'nushell',
  nushell: 'nushell',
  'cmd.exe': 'cmd.exe',
};

const cmdLine = (name: string, value: string): string => {
  if (/[\r\n]/.test(value)) {
    throw new TcondaError('SHELL_VALUE_INVALID', `cmd.exe can't hold the line break in ${name}`);
  }
  return `${name}=${value}`;
};

export const SHELLS: Readonly<Record<ShellName, ShellSyntax>> = {
  posix: {
    export: (name, value) => `export ${name}=${quotePosix(value)}`,
    // An empty value, as a script under `set -u` may read it.
    unset: (name) => `export ${name}=''`,
    set: (name, value) => `${name}=${quotePosix(value)}`,
    run: (script) => `. ${quotePosixPath(script)}`,
    scriptExtension: '.sh',
    end: '\n',
    promptVariable: 'PS1',
  },
  csh: {
    export: (name, value) => `setenv ${name} ${quoteCsh(value)}`,
    unset: (name) => `unsetenv ${name}`,
    set: (name, value) => `set ${name}=${csh(value)}`,
    run: (script) => `source ${quoteCsh(script)}`,
    scriptExtension: '.csh',
    end: ';\n',
    promptVariable: 'prompt',
  },
  fish: {
    export: (name, value) => `set -gx ${name} ${quoteFish(value)}`,
    unset: (name) => `set -e ${name} || true`,
    set: (name, value) => `set -g ${name} ${quoteFish(value)}`,
    run: (script) => `source ${quoteFish(script)}`,
    exportPath: (entries) => `set -gx PATH ${entries.map(quoteFish).join(' ')}`,
    scriptExtension: '.fish',
    end: ';\n',
    promptVariable: undefined,
  },
  xonsh: {
    export: (name, value) => `$${name} = ${quotePython(value)}`,
    unset: (name) => `try:\n    del $${name}\nexcept KeyError:\n    pass`,
    set: (name, value) => `$${name} = ${quotePython(value)}`,
    run: (script) => `source-bash --suppress-skip-message -n ${xonshPath(script)}`,
    scriptExtension: '.sh',
    end: '\n',
    promptVariable: undefined,
  },
  powershell: {
    export: (name, value) => `$Env:${name} = ${quotePowerShell(value)}`,
    unset: (name) => `$Env:${name} = $null`,
    set: (name, value) => `$Env:${name} = ${quotePowerShell(value)}`,
    run: (script) => `. ${quotePowerShell(script)}`,
    scriptExtension: '.ps1',
    end: '\n',
    promptVariable: undefined,
  },
  nushell: {
    export: (name, value) => `$env.${name} = ${JSON.stringify(value)}`,
    unset: (name) => `hide-env --ignore-errors ${name}`,
    set: (name, value) => `$env.${name} = ${JSON.stringify(value)}`,
    run: (script) => `source-env ${JSON.stringify(script)}`,
    exportPath: (entries) => `$env.PATH = ${JSON.stringify(entries)}`,
    scriptExtension: '.nu',
    end: '\n',
    promptVariable: undefined,
  },
  'cmd.exe': {
    export: cmdLine,
    unset: (name) => `${name}=`,
    set: cmdLine,
    run: (script) => `_CONDA_SCRIPT=${script}`,
    scriptExtension: '.bat',
    end: '\n',
    promptVariable: 'PROMPT',
  },
};

/** The syntax that a shell of this name reads. `+json` behind it is the caller's. */
export function findShell(name: string): ShellName | undefined {
  return Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
}

/** csh's prompt may hold `!` and `%`, which single quotes keep as they are. */
function csh(value: string): string {
  const quoted = quoteCsh(value);
  return quoted.startsWith('"') ? `'${value}'` : quoted;
}

/** xonsh hands names to bash without quotes; what isn't a file's name it takes for code. */
function xonshPath(script: string): string {
  return /^[\w@%+=:,./-]*$/.test(script) ? `"${script}"` : `@(${quotePython(`. ${quotePosix(script)}`)})`;
}
