import path from 'node:path';

import { activate } from './activate.ts';
import type { ActivationSettings, EnvironmentState, ShellState } from './activation.ts';
import { pathEntries } from './search-path.ts';
import { type ShellName, SHELLS } from './shells.ts';
import { formatCshStart } from './start-file-csh.ts';
import { formatFishStart } from './start-file-fish.ts';
import { formatPosixStart } from './start-file-posix.ts';

/** What a start file was made from: it holds while all of this is as it was. */
export interface StartInputs {
  /** Files and folders that are there. The start file must be newer. */
  readonly present: readonly string[];
  /** Files and folders that are not. */
  readonly absent: readonly string[];
  /** Variables of the environment; empty for those that aren't set. */
  readonly variables: ReadonlyMap<string, string>;
}

/** How a shell in which no environment is active enters one, but for what depends on the shell itself. */
export interface Entering {
  readonly exports: ReadonlyMap<string, string>;
  /** Variables among these that are kept as `__CONDA_SHLVL_0_NAME` if they have a value. */
  readonly own: readonly string[];
  readonly pathEntries: readonly string[];
  /** On PATH behind these, unless such a folder is there. */
  readonly condabin: string;
  /** In front of the prompt. */
  readonly modifier: string;
  /** Absolute paths. */
  readonly scripts: readonly string[];
}

/** A file that a shell reads when it starts. */
export interface StartFile {
  /** Absolute. */
  readonly file: string;
  readonly inputs: StartInputs;
  /** Undefined when a new shell enters no environment. */
  readonly entering: Entering | undefined;
}

/** The name of a shell's start file ends in this; undefined for cmd.exe, which enters nothing by itself. */
export function startFileExtension(shell: ShellName): string | undefined {
  if (shell === 'cmd.exe') return undefined;
  return isCode(shell) ? SHELLS[shell].scriptExtension : '.json';
}

/**
 * What a new shell reads to enter the environment that shells start in, without a process: code, or data for shells that
 * read JSON. When something it was made from has changed it asks the client, which makes it anew.
 */
export function formatStartFile(shell: ShellName, start: StartFile): string {
  switch (shell) {
    case 'posix':
      return formatPosixStart(start);
    case 'csh':
      return formatCshStart(start);
    case 'fish':
      return formatFishStart(start);
    case 'xonsh':
    case 'powershell':
    case 'nushell':
    case 'cmd.exe':
      return formatData(shell, start);
  }
}

/** What entering `environment` changes in a shell that is in none. */
export function enteringOf(
  shell: ShellName,
  environment: EnvironmentState,
  settings: ActivationSettings,
  platform: ShellState['platform'],
): Entering {
  const flavour = platform === 'windows' ? path.win32 : path.posix;
  const { promptVariable, scriptExtension } = SHELLS[shell];
  const empty: ShellState = { platform, env: {}, promptVariable };
  const { exports } = activate(environment, undefined, false, empty, settings);
  return {
    exports,
    own: [...environment.variables.keys()].filter((name) => exports.has(name)),
    pathEntries: pathEntries(environment, platform),
    condabin: flavour.join(settings.rootPrefix, 'condabin'),
    modifier: exports.get('CONDA_PROMPT_MODIFIER') ?? '',
    scripts: environment.activateScripts.filter(
      (script) =>
        script.endsWith(scriptExtension) ||
        (shell === 'nushell' && script.endsWith(SHELLS.posix.scriptExtension)),
    ),
  };
}

function isCode(shell: ShellName): boolean {
  return shell === 'posix' || shell === 'csh' || shell === 'fish';
}

function formatData(shell: ShellName, { inputs, entering }: StartFile): string {
  // xonsh and nushell need a process for scripts, which the client starts better.
  const isAsking = shell !== 'powershell' && entering !== undefined && entering.scripts.length > 0;
  const data = {
    ...inputs,
    variables: Object.fromEntries(inputs.variables),
    ask: isAsking,
    enter: entering === undefined ? null : { ...entering, exports: Object.fromEntries(entering.exports) },
  };
  return `${JSON.stringify(data, null, 2)}\n`;
}
