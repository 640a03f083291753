import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

import { readCommandLine } from '../../src/cli/command-line.ts';
import type { OptionSpec } from '../../src/commands/command.ts';
import { globalOptions } from '../../src/commands/options.ts';
import { COMMANDS } from '../../src/commands/table.ts';
import { NOWHERE, optionEffects } from '../helpers/option-effects/index.ts';
import { optionTable, type TableCommand } from '../helpers/option-table.ts';

/** Tests elsewhere that show the effect of an option: `command option` to its file and title. */
const pointers = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'option-tests.json'), 'utf8'),
) as Readonly<Record<string, { readonly file: string; readonly test: string }>>;

/** `command option` of every row of `test/e2e/option-effects.test.ts`, which runs each with the option and without. */
const rows = new Set(
  optionEffects(NOWHERE).flatMap(({ option, commands }) =>
    Object.keys(commands).map((command) => `${command.replace('shell.posix ', '')} ${option}`),
  ),
);

/** The code of a test, from its title to the next test; undefined when there is none of that title. */
function findTest(file: string, title: string): string | undefined {
  const text = readFileSync(path.join(import.meta.dirname, '../..', file), 'utf8');
  const at = ["'", '`', '"']
    .map((quote) => text.indexOf(`${quote}${title}${quote},`))
    .find((found) => found >= 0 && /\(\s*$/.test(text.slice(0, found)));
  if (at === undefined) return undefined;
  const end = text.slice(at).search(/\n\s*(?:test|describe)[.(]/);
  return text.slice(at, end < 0 ? undefined : at + end);
}

function spellings({ flags, aliases = [] }: OptionSpec): readonly string[] {
  return [...(flags.match(/(?<![\w-])--?[\w-]+/g) ?? []), ...aliases];
}

/** `command option` of every option in the tables that does something here, by its first long name here. */
async function effectiveOptions({ name, options }: TableCommand): Promise<readonly OptionOf[]> {
  const line = readCommandLine(name.split(' '), COMMANDS, globalOptions.options);
  if (line.kind !== 'command') throw new Error(`there is no command ${name}`);
  const spec = await line.entry.load();
  const own = [...spec.options.flatMap((group) => group.options), ...globalOptions.options];
  return own
    .filter(({ noEffect, refused }) => noEffect === undefined && refused === undefined)
    .filter((option) =>
      options.some((known) => known.spellings.some((one) => spellings(option).includes(one))),
    )
    .map((option) => ({
      key: `${name} ${spellings(option).find((one) => one.startsWith('--')) ?? ''}`,
      names: spellings(option),
    }));
}

interface OptionOf {
  readonly key: string;
  readonly names: readonly string[];
}

const options = (
  await Promise.all([...optionTable.conda, ...optionTable.micromamba].map(effectiveOptions))
).flat();

test('every option of conda that does something has a test that shows it, for each command', async () => {
  const ofConda = (await Promise.all(optionTable.conda.map(effectiveOptions))).flat();
  const unproved = ofConda.filter(({ key }) => !rows.has(key) && pointers[key] === undefined);
  expect(unproved.map(({ key }) => key)).toEqual([]);
});

test('every option of micromamba that does something has a test that shows it, for one command at least', () => {
  // What conda does not have is declared once and read at one place, whatever the command.
  const proved = new Set(
    [...rows, ...Object.keys(pointers)].map((key) => key.slice(key.lastIndexOf(' ') + 1)),
  );
  const unproved = options.filter(({ key }) => !proved.has(key.slice(key.lastIndexOf(' ') + 1)));
  expect([...new Set(unproved.map(({ key }) => key))]).toEqual([]);
});

test('what is pointed to is a test that gives the option', () => {
  const wrong = Object.entries(pointers).filter(([key, { file, test: title }]) => {
    const code = findTest(file, title);
    const option = options.find((one) => one.key === key);
    const isGiven = option?.names.some((name) => new RegExp(`['"\` ]${name}\\b`).test(code ?? ''));
    return code === undefined || isGiven !== true;
  });
  expect(wrong).toEqual([]);
});

test('there is no needless pointer', () => {
  expect(Object.keys(pointers).filter((key) => rows.has(key))).toEqual([]);
});
