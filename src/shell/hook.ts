import { hookCmd } from './hook-cmd.ts';
import { hookCsh } from './hook-csh.ts';
import { hookFish } from './hook-fish.ts';
import { hookNushell } from './hook-nushell.ts';
import { hookPosix } from './hook-posix.ts';
import { hookPowerShell } from './hook-powershell.ts';
import { hookXonsh } from './hook-xonsh.ts';
import { quoteCsh, quoteFish, quotePosix, quotePowerShell, quotePython } from './quote.ts';
import { type ShellName, SHELLS } from './shells.ts';

export interface HookOptions {
  /** Exported first: who the client is. */
  readonly clientVariables: ReadonlyMap<string, string>;
  /** What the shell function calls, word by word: the runtime and the program, absolute. */
  readonly command: readonly [string, ...string[]];
  /** Names of the function; `tconda`, and `conda` if asked for. */
  readonly names: readonly string[];
  /** The folder in which the files of csh and cmd.exe lie. */
  readonly folder: string;
  /** The folder with the program, which new shells find on PATH: the root's `condabin`. */
  readonly condabin: string;
  /** Activated at the end. */
  readonly activate: string | undefined;
}

/** What a shell reads so that `tconda activate` works in it. */
export interface Hook {
  /** What it evaluates. */
  readonly text: string;
  /** Files that the text needs in the folder, by name: shells without functions read them at each call. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * The hook of a shell. It is the same text at every start, so it can be kept in a file, and it starts no process but for
 * `activate`. In interactive shells it looks for `.tconda-env` and `.python-version` when the folder changes.
 */
export function formatHook(shell: ShellName, options: HookOptions): Hook {
  const { text, files } = HOOKS[shell](options);
  const syntax = SHELLS[shell];
  const exports =
    shell === 'cmd.exe'
      ? ''
      : [...options.clientVariables].map(([name, value]) => syntax.export(name, value) + syntax.end).join('');
  const name = options.names[0] ?? 'tconda';
  const last =
    options.activate === undefined || shell === 'cmd.exe'
      ? ''
      : `\n${name} activate ${QUOTES[shell](options.activate)}\n`;
  return { text: `${exports}\n${text}${last}`, files };
}

const HOOKS: Readonly<Record<ShellName, (options: HookOptions) => Hook>> = {
  posix: (options) => ({ text: hookPosix(options), files: new Map() }),
  csh: hookCsh,
  fish: (options) => ({ text: hookFish(options), files: new Map() }),
  xonsh: (options) => ({ text: hookXonsh(options), files: new Map() }),
  powershell: (options) => ({ text: hookPowerShell(options), files: new Map() }),
  nushell: (options) => ({ text: hookNushell(options), files: new Map() }),
  'cmd.exe': hookCmd,
};

const QUOTES: Readonly<Record<ShellName, (text: string) => string>> = {
  posix: quotePosix,
  csh: quoteCsh,
  fish: quoteFish,
  xonsh: quotePython,
  powershell: quotePowerShell,
  nushell: JSON.stringify,
  'cmd.exe': (text) => `"${text}"`,
};
