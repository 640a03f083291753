import { mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import {
  checkIsList,
  type CondarcEdit,
  editCondarc,
  findSetting,
  isSettingName,
  loadYaml,
  parseSettingText,
  SETTINGS,
} from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { writeFileAtomic } from '../io/atomic-file.ts';
import type { CommandResult, Context, OptionValues } from './command.ts';
import { describeLines, type View } from './config-show.ts';
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
 * @throws {TcondaError} `CONFIG_KEY`, `CONFIG_VALUE`, `INVALID_VALUE`, `FILE_UNREADABLE`
 */
export async function editFile(
  file: string,
  options: OptionValues,
  context: Context,
): Promise<CommandResult> {
  const edits = [...(isSet(options, 'stdin') ? await editsOfStdin() : []), ...editsOf(options)];
  const { text, warnings } = editCondarc(read(file), edits, await loadYaml(), file);
  await write(file, text);
  for (const warning of warnings) context.warn(warning);
  return done(file, warnings);
}

/** `--write-default`: every setting with its default, commented out. */
export async function writeDefaults(file: string, view: View): Promise<CommandResult> {
  const names = Object.keys(SETTINGS).filter(isSettingName).toSorted();
  await write(file, `${describeLines(names, view).join('\n')}\n`);
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
  const yaml = await loadYaml();
  let content: unknown;
  try {
    content = yaml.parse(readFileSync(0, 'utf8'));
  } catch (cause) {
    throw new TcondaError('INVALID_VALUE', 'stdin is not YAML', { cause });
  }
  if (content === null || content === undefined) return [];
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new TcondaError('INVALID_VALUE', 'stdin holds no keys');
  }
  return Object.entries(content).map(([key, value]) => {
    if (findSetting(key) === undefined) {
      throw new TcondaError('CONFIG_KEY', `'${key}': unknown parameter`, {
        data: { key, msg: `'${key}': unknown parameter` },
      });
    }
    return { kind: 'set', key, value };
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw new TcondaError('FILE_UNREADABLE', `Cannot read ${file}`, { cause: error });
  }
}

async function write(file: string, text: string): Promise<void> {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    // Settings may hold passwords of proxies: who may read the file stays as it was.
    const mode = statSync(file, { throwIfNoEntry: false })?.mode;
    await writeFileAtomic(file, text, mode === undefined ? {} : { mode: mode & 0o7777 });
  } catch (cause) {
    throw new TcondaError('FILE_UNREADABLE', `Cannot write to condarc file at ${file}`, { cause });
  }
}
