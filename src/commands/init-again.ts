import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import type { LoadedConfig } from '../config/index.ts';
import { hookFileName, INIT_SHELLS, rcFiles } from '../shell/index.ts';
import type { CommandOutput, CommandSpec, Context } from './command.ts';
import type { InitChoice } from './init-edits.ts';
import { initShells, PLAIN } from './init-shells.ts';
import { promptOptions } from './options.ts';
import { editRcFile } from './rc-edit.ts';
import { loadSettings } from './settings.ts';
import { hookFolder, readText } from './shell-hook.ts';

/** micromamba's `shell reinit`: the shells of this user that were prepared once are prepared anew, as they were. */
export const shellReinit: CommandSpec = {
  summary: 'Renew what init wrote, in all shells that have it',
  description:
    'Writes the hook and the blocks in start files anew, for the shells of this user that were prepared by init: after ' +
    'the program or the root prefix has moved.',
  options: [promptOptions],
  examples: ['tconda shell reinit'],
  async run(_, options, context): Promise<CommandOutput> {
    const config = await loadSettings(options, context);
    const wishes = Object.keys(INIT_SHELLS).flatMap((shell): [string, InitChoice][] => {
      const choice = findChoice(shell, config, context);
      return choice === undefined ? [] : [[shell, choice]];
    });
    return initShells(new Map(wishes), config, context);
  },
};

/** What a shell was prepared for; undefined when it was not. */
function findChoice(shell: string, config: LoadedConfig, { host }: Context): InitChoice | undefined {
  const files = rcFiles(shell, { ...host, exists: existsSync });
  const prepared = files.find((file) => editRcFile(file, undefined).content !== undefined);
  if (prepared === undefined) return undefined;
  const name = INIT_SHELLS[shell] ?? 'posix';
  const text = readFileSync(prepared, 'latin1');
  const hook = readText(path.join(hookFolder(name, config, host), hookFileName(name))) ?? '';
  return { ...PLAIN, isCondabin: !text.includes('__tconda_start'), isCondaToo: CONDA_TOO.test(hook + text) };
}

/** How the hooks of the shells define `conda`. */
const CONDA_TOO = /\b(?:unalias|function|alias|-Name|def --(?:env|wrapped)[^\n]*) "?conda\b|'conda',/;
