import { statSync } from 'node:fs';
import path from 'node:path';

import type { LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { INIT_SHELLS } from '../shell/index.ts';
import type { CommandOutput, Context } from './command.ts';
import { applyEdit, type FileEdit, isAllowed, nameOfEdit } from './file-edit.ts';
import { type InitChoice, initEdits } from './init-edits.ts';
import { writeStartFile } from './start-file.ts';

/** What `init` does without options. */
export const PLAIN: InitChoice = {
  isReversed: false,
  isCondaToo: false,
  isCondabin: false,
  isForUser: true,
  isForSystem: false,
  systemRoot: '/',
};

/**
 * Prepares shells, or undoes that. Where one file can't be written, none is.
 * @param wishes by the name of the shell
 * @throws {TcondaError} `NOT_ALLOWED`, `RC_FILE_DAMAGED`
 */
export function initShells(
  wishes: ReadonlyMap<string, InitChoice>,
  config: LoadedConfig,
  context: Context,
): CommandOutput {
  const edits = [...wishes].flatMap(([shell, choice]) => initEdits(shell, choice, config, context));
  const isDryRun = config.get('dry_run');
  const result = carryOut(edits, isDryRun, context);
  const prepared = isDryRun ? [] : [...wishes].filter(([, { isReversed }]) => !isReversed);
  const ofUser = prepared.filter(([, { isForUser }]) => isForUser).map(([shell]) => shell);
  writeStartFiles(ofUser, config, context);
  if (prepared.some(([, { isForSystem }]) => isForSystem)) warnOfPrivate(config.get('root_prefix'), context);
  return result;
}

/** What all users shall read must lie where all can. */
function warnOfPrivate(root: string, { host, warn }: Context): void {
  if (host.platform === 'win32') return;
  for (let at = root; at !== path.dirname(at); at = path.dirname(at)) {
    const mode = statSync(at, { throwIfNoEntry: false })?.mode ?? 0o7777;
    if ((mode & 0o5) === 0o5) continue;
    warn(`warning: other users can't read ${at}, where the hook lies; see --root-prefix`);
    return;
  }
}

/** So that the first shell needs no process either. */
function writeStartFiles(names: readonly string[], config: LoadedConfig, { host }: Context): void {
  for (const shell of new Set(names.map((name) => INIT_SHELLS[name] ?? 'posix'))) {
    writeStartFile(shell, config, host);
  }
}

function carryOut(edits: readonly FileEdit[], isDryRun: boolean, context: Context): CommandOutput {
  const seen = new Map(edits.map((edit) => [nameOfEdit(edit), edit]));
  const unique = [...seen.values()];
  const refused = unique.filter((edit) => !isAllowed(edit)).map(nameOfEdit);
  if (!isDryRun) {
    if (refused[0] !== undefined) {
      throw new TcondaError('NOT_ALLOWED', `${refused.join(', ')} can't be written`, {
        hint: 'Run it as an administrator, such as with sudo; nothing was changed',
        data: { files: refused },
      });
    }
    for (const edit of unique) applyEdit(edit);
  }
  const isChanged = unique.some(({ content }) => content !== undefined);
  const lines = unique.map((edit) => {
    const name = nameOfEdit(edit);
    const step =
      edit.content === undefined ? 'no change' : refused.includes(name) ? 'needs sudo' : 'modified';
    return `${step.padEnd(14)}${name}`;
  });
  const last = !isChanged
    ? ['No action taken.']
    : isDryRun
      ? ['', '==> DRY RUN: The above changes would have been made. NO ACTUAL CHANGES WERE MADE. <==', '']
      : ['', '==> For changes to take effect, close and re-open your current shell. <==', ''];
  const changed = unique.filter(({ content }) => content !== undefined).map(nameOfEdit);
  return {
    kind: 'output',
    json: { success: true, dry_run: isDryRun, modified: changed },
    lines: [...(context.global.quiet ? [] : lines), ...last],
  };
}
