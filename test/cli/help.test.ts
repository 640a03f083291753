import { describe, expect, test } from 'vitest';

import { formatHelp } from '../../src/cli/help.ts';
import { parseArguments } from '../../src/cli/parse-arguments.ts';
import { globalOptions } from '../../src/commands/options.ts';
import type { CommandEntry } from '../../src/commands/command-entry.ts';
import { COMMANDS } from '../../src/commands/table.ts';

interface Named {
  readonly name: string;
  readonly entry: CommandEntry;
}

function flatten(entries: readonly CommandEntry[], above: string): readonly Named[] {
  return entries.flatMap((entry) => {
    const name = `${above} ${entry.name}`;
    return [{ name, entry }, ...flatten(entry.commands ?? [], name)];
  });
}

const commands = flatten(COMMANDS, 'tconda');

describe.each(commands.filter(({ entry }) => entry.load !== undefined))('$name --help', ({ name, entry }) => {
  test('fits 80 columns, and has examples and headings', async () => {
    const spec = await entry.load?.();
    if (spec === undefined) throw new Error('not loaded');
    const parsed = parseArguments(name, spec, globalOptions, ['--help']);
    if (parsed.kind !== 'help') throw new Error('no help');
    expect(parsed.text.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(parsed.text).toContain('Output:\n');
    expect(entry.hidden === true || parsed.text.includes('Examples:\n')).toBe(true);
  });
});

test('the list of commands fits 80 columns', () => {
  expect(formatHelp([], COMMANDS).filter((line) => line.length > 80)).toEqual([]);
});
