import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import type { CommandSpec, OptionSpec } from '../../src/commands/command.ts';
import { globalOptions } from '../../src/commands/options.ts';
import type { CommandEntry } from '../../src/commands/command-entry.ts';
import { COMMANDS, findCommand } from '../../src/commands/table.ts';
import { NOWHERE, optionEffects } from '../helpers/option-effects/index.ts';

interface Table {
  readonly commands: Readonly<Record<string, readonly string[]>>;
}

const table = JSON.parse(readFileSync(path.join(import.meta.dirname, 'conda-options.json'), 'utf8')) as Table;
const compatibility = readFileSync(path.join(import.meta.dirname, '../../docs/compatibility.md'), 'utf8');

const ALIASES: Readonly<Record<string, string>> = { uninstall: 'remove', upgrade: 'update', check: 'doctor' };

/** Whether a table of docs/compatibility.md has the option in a row of the command. */
function isListed(option: string, command: string): boolean {
  return compatibility.split('\n').some((line) => {
    const [, options = '', , commands = ''] = line.split('|').map((cell) => cell.trim());
    return (
      options.includes(`\`${option}\``) && (commands === 'all' || commands.split(', ').includes(command))
    );
  });
}

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

/** The part of a file from the title of a test to the next test; undefined when there is none of that title. */
function findTest(file: string, title: string): string | undefined {
  const text = readFileSync(path.join(import.meta.dirname, '../..', file), 'utf8');
  const at = ["'", '`', '"']
    .map((quote) => text.indexOf(`${quote}${title}${quote}`))
    .find((found) => found >= 0);
  if (at === undefined) return undefined;
  const end = text.slice(at).search(/\n\s*(?:test|describe)[.(]/);
  // A table of cases stands before its title.
  const start = title.startsWith('%') ? text.lastIndexOf('.each(', at) : at;
  return text.slice(start, end < 0 ? undefined : at + end);
}

async function load(name: string): Promise<CommandSpec> {
  let entries = COMMANDS;
  let entry: CommandEntry | undefined;
  for (const word of name.split(' ')) {
    entry = findCommand(entries, word);
    entries = entry?.commands ?? [];
  }
  if (entry?.load === undefined) throw new Error(`there is no command ${name}`);
  return entry.load();
}

function spellings({ flags, aliases = [] }: OptionSpec): readonly string[] {
  return [...(flags.match(/(?<![\w-])--?[\w-]+/g) ?? []), ...aliases];
}

const all = (spec: CommandSpec): readonly OptionSpec[] => [
  ...spec.options.flatMap(({ options }) => options),
  ...globalOptions.options,
];

describe.each(Object.entries(table.commands))('conda %s', (name, options) => {
  test('takes every option of conda', async () => {
    const known = new Set([...all(await load(name)).flatMap(spellings), '-h', '--help']);
    expect(options.filter((option) => !known.has(option))).toEqual([]);
  });

  test('options without an effect, and those that are refused, are listed in docs/compatibility.md', async () => {
    const idle = all(await load(name)).filter(
      (option) => option.noEffect !== undefined || option.refused !== undefined,
    );
    const unlisted = idle
      .map((option) => /--[\w-]+/.exec(option.flags)?.[0] ?? option.flags)
      .filter((long) => !isListed(long, ALIASES[name] ?? name));
    expect(unlisted).toEqual([]);
  });
});

describe.each(Object.entries(table.commands).filter(([name]) => !(name in ALIASES)))(
  'conda %s',
  (name, options) => {
    test('every option has an effect that a test shows, or none that is noted', async () => {
      const effective = all(await load(name)).filter(
        (option) =>
          option.noEffect === undefined &&
          option.refused === undefined &&
          spellings(option).some((spelling) => options.includes(spelling)),
      );
      const unproved = effective.filter((option) => {
        const [long = ''] = spellings(option).filter((spelling) => spelling.startsWith('--'));
        const key = `${name} ${long}`;
        if (rows.has(key)) return false;
        const pointer = pointers[key];
        const text = pointer === undefined ? undefined : findTest(pointer.file, pointer.test);
        if (text === undefined) return true;
        const isGiven = spellings(option).some((spelling) => new RegExp(`['"\` ]${spelling}\\b`).test(text));
        return !isGiven;
      });
      expect(unproved.map(spellings)).toEqual([]);
    });
  },
);

test('no pointer leads nowhere, and none is needless', () => {
  const odd = Object.entries(pointers).filter(
    ([key, { file, test: title }]) => rows.has(key) || findTest(file, title) === undefined,
  );
  expect(odd).toEqual([]);
});

function entriesBelow(entries: readonly CommandEntry[]): readonly CommandEntry[] {
  return entries.flatMap((entry) => [entry, ...entriesBelow(entry.commands ?? [])]);
}

describe.each(entriesBelow(COMMANDS).filter(({ load: loader }) => loader !== undefined))('$name', (entry) => {
  test('no option stands twice', async () => {
    const spec = await entry.load?.();
    const names = spec === undefined ? [] : all(spec).flatMap(spellings);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });
});
