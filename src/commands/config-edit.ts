import { readFileSync } from 'node:fs';

import {
  checkIsList,
  type CondarcEdit,
  editCondarc,
  isSettingName,
  loadDefaults,
  loadYaml,
  parseSettings,
  parseSettingText,
  SETTINGS,
} from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import type { CommandResult, Context, OptionValues } from './command.ts';
import { describeLines } from './config-describe.ts';
import { rewriteFile } from './config-write.ts';
import { isSet, readPairs, readTexts } from './option-values.ts';

/** Whether the command line asks for changes of a file. */
export function wantsEdit(options: OptionValues): boolean {
  const isGiven = (key: string): boolean => readTexts(options, key).length > 0;
  return (
    ['set', 'append', 'prepend', 'remove', 'removeKey', 'clear'].some(isGiven) || isSet(options, 'stdin')
  );
}

/**
 * Carries out the changes of a file of settings, all or none.
 * @throws {TcondaError} `CONFIG_KEY`, `CONFIG_TYPE`, `CONFIG_VALUE`, `INVALID_VALUE`, `FILE_UNREADABLE`
 */
export async function editFile(
  file: string,
  options: OptionValues,
  context: Context,
): Promise<CommandResult> {
  const edits = [...(isSet(options, 'stdin') ? await editsOfStdin() : []), ...editsOf(options)];
  const yaml = await loadYaml();
  let warnings: readonly string[] = [];
  const change = (old: string): string => {
    const edited = editCondarc(old, edits, yaml, file);
    ({ warnings } = edited);
    return edited.text;
  };
  await rewriteFile(file, change, context.signal);
  for (const warning of warnings) context.warn(warning);
  return done(file, warnings);
}

/**
 * `--write-default`: every setting with its default, commented out.
 * @throws {TcondaError} `FILE_UNREADABLE`, also when the file says something already
 */
export async function writeDefaults(file: string, { host, signal }: Context): Promise<CommandResult> {
  const defaults = await loadDefaults(host);
  const lines = describeLines(Object.keys(SETTINGS).filter(isSettingName), defaults, await loadYaml());
  const change = (old: string): string => {
    if (old.trim() === '') return `${lines.join('\n')}\n`;
    throw new TcondaError('FILE_UNREADABLE', `${file} holds settings already`, {
      hint: 'See the defaults with: tconda config --describe',
    });
  };
  await rewriteFile(file, change, signal);
  return done(file, []);
}

function done(file: string, warnings: readonly string[]): CommandResult {
  return { kind: 'output', json: { success: true, rc_path: file, warnings, get: {} }, lines: [] };
}

/** In conda's order: lists grow first, and removals come last. */
function editsOf(options: OptionValues): readonly CondarcEdit[] {
  const lists = (key: string, make: (key: string, value: string) => CondarcEdit): readonly CondarcEdit[] =>
    readPairs(options, key).map(([name, value]) => {
      checkIsList(name);
      return make(name, value);
    });
  return [
    ...lists('prepend', (key, value) => ({ kind: 'add', key, value, at: 'start' })),
    ...lists('append', (key, value) => ({ kind: 'add', key, value, at: 'end' })),
    ...readPairs(options, 'set').map(([key, text]): CondarcEdit => ({
      kind: 'set',
      key,
      value: parseSettingText(key, text),
    })),
    ...lists('remove', (key, value) => ({ kind: 'remove', key, value })),
    ...readTexts(options, 'clear').map((key): CondarcEdit => {
      checkIsList(key);
      return { kind: 'clear', key };
    }),
    ...readTexts(options, 'removeKey').map((key): CondarcEdit => ({ kind: 'remove-key', key })),
  ];
}

/** Each key of the YAML on stdin takes the place of what the file says. */
async function editsOfStdin(): Promise<readonly CondarcEdit[]> {
  const values = parseSettings(readFileSync(0, 'utf8'), 'stdin', await loadYaml());
  return [...values].map(([key, value]) => ({ kind: 'set', key, value }));
}
