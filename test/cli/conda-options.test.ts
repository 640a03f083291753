import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import type { CommandSpec, OptionSpec } from '../../src/commands/command.ts';
import { globalOptions } from '../../src/commands/options.ts';
import { type CommandEntry, COMMANDS, findCommand } from '../../src/commands/table.ts';

interface Table {
  readonly commands: Readonly<Record<string, readonly string[]>>;
}

const table = JSON.parse(readFileSync(path.join(import.meta.dirname, 'conda-options.json'), 'utf8')) as Table;
const compatibility = readFileSync(path.join(import.meta.dirname, '../../docs/compatibility.md'), 'utf8');

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
      .filter((long) => !compatibility.includes(`\`${long}\``));
    expect(unlisted).toEqual([]);
  });
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
