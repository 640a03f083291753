import { readFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { readCommandLine } from '../../src/cli/command-line.ts';
import { parseArguments } from '../../src/cli/parse-arguments.ts';
import type { CommandEntry } from '../../src/commands/command-entry.ts';
import type { CommandSpec, OptionSpec, OptionValues } from '../../src/commands/command.ts';
import { globalOptions } from '../../src/commands/options.ts';
import { ELSEWHERE } from '../../src/commands/table/elsewhere.ts';
import { COMMANDS, findCommand } from '../../src/commands/table.ts';
import { findShell } from '../../src/shell/index.ts';
import { optionTable, type TableCommand, type TableOption } from '../helpers/option-table.ts';

const compatibility = readFileSync(path.join(import.meta.dirname, '../../docs/compatibility.md'), 'utf8');

/** Whether a table of docs/compatibility.md has the option in a row of the command. */
function isListed(option: string, command: string): boolean {
  return compatibility.split('\n').some((line) => {
    const [, options = '', , commands = ''] = line.split('|').map((cell) => cell.trim());
    return (
      options.includes(`\`${option}\``) && (commands === 'all' || commands.split(', ').includes(command))
    );
  });
}

const load = async (name: string): Promise<CommandSpec> => {
  const line = readCommandLine(name.split(' '), COMMANDS, globalOptions.options);
  if (line.kind !== 'command') throw new Error(`there is no command ${name}`);
  return line.entry.load();
};

function spellings({ flags, aliases = [] }: OptionSpec): readonly string[] {
  return [...(flags.match(/(?<![\w-])--?[\w-]+/g) ?? []), ...aliases];
}

const all = (spec: CommandSpec): readonly OptionSpec[] => [
  ...spec.options.flatMap(({ options }) => options),
  ...globalOptions.options,
];

const longNames = (options: readonly OptionSpec[]): readonly string[] =>
  options.map((option) => /--[\w-]+/.exec(option.flags)?.[0] ?? option.flags);

/** What the command line reads: the values of the options, or why not. */
function read(spec: CommandSpec, args: readonly string[]): OptionValues | string {
  try {
    const parsed = parseArguments('tconda', spec, globalOptions, args);
    return parsed.kind === 'run' ? { ...parsed.values, operands: parsed.operands } : parsed.text;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Every way to write one option: each spelling, its value behind it, behind `=`, and glued to a short one. */
function waysOf({
  spellings: names,
  values,
  isOptional,
  choices,
}: TableOption): readonly (readonly string[])[] {
  const value = choices[0] ?? '7';
  return names.flatMap((name): readonly (readonly string[])[] => {
    const isLong = name.startsWith('--');
    if (values === 2) return [[name, 'key', value]];
    if (values === 0) return isOptional && isLong ? [[name], [`${name}=${value}`]] : [[name]];
    // The short form of the root prefix is not one of every command here.
    if (name === '-r') return [[name, value]];
    return [[name, value], [isLong ? `${name}=${value}` : `${name}${value}`]];
  });
}

/** The shortest text of three letters or more that begins `long`, and none of the others but those in `same`. */
function beginningOf(long: string, longs: readonly string[], same: readonly string[]): string {
  const others = longs.filter((one) => !same.includes(one));
  for (let length = 5; length < long.length; length++) {
    const short = long.slice(0, length);
    if (!others.some((one) => one.startsWith(short))) return short;
  }
  return long;
}

const neededBy = ({ operands }: TableCommand): readonly string[] =>
  operands.filter((operand) => !operand.startsWith('[')).map(() => 'given');

const tables = Object.entries({ conda: optionTable.conda, micromamba: optionTable.micromamba });

describe.each(tables.flatMap(([tool, commands]) => commands.map((command) => ({ tool, command }))))(
  '$tool $command.name',
  ({ tool, command }) => {
    const { name, operands, options } = command;

    test('every spelling of every option is read, and means the same', async () => {
      const spec = await load(name);
      const absent = JSON.stringify(read(spec, neededBy(command)));
      const wrong = options.flatMap((option) => {
        const own = all(spec).find((one) => spellings(one).some((text) => option.spellings.includes(text)));
        const answers = waysOf(option).map((way) => ({
          way,
          answer: read(spec, [...way, ...neededBy(command)]),
        }));
        const [first] = answers;
        return answers.flatMap(({ way, answer }) => {
          const said = `${way.join(' ')}: ${JSON.stringify(answer)}`;
          if (typeof answer === 'string') return own?.refused === undefined ? [said] : [];
          // `--show=key` has an operand.
          const isOther = !option.isOptional && JSON.stringify(answer) !== JSON.stringify(first?.answer);
          const isIdle = own?.noEffect === undefined && JSON.stringify(answer) === absent;
          return isOther || isIdle ? [said] : [];
        });
      });
      expect(wrong).toEqual([]);
    });

    test('options that may be repeated keep every value', async () => {
      const spec = await load(name);
      const wrong = options
        .filter(({ isRepeated, values }) => isRepeated && values > 0)
        .flatMap((option) => {
          const [way = []] = waysOf(option);
          const answer = read(spec, [...way, ...way, ...neededBy(command)]);
          const isKept =
            typeof answer === 'string'
              ? answer.includes("can't be used")
              : Object.values(answer).some((value) => Array.isArray(value) && value.length === 2);
          return isKept ? [] : [way.join(' ')];
        });
      expect(wrong).toEqual([]);
    });

    test('every choice can be chosen, and nothing else', async () => {
      const spec = await load(name);
      const wrong = options.flatMap(({ spellings: names, choices }) => {
        const [long = ''] = names.filter((one) => one.startsWith('--'));
        const isRead = (value: string): boolean =>
          typeof read(spec, [`${long}=${value}`, ...neededBy(command)]) === 'object';
        const refused = choices.filter((choice) => !isRead(choice)).map((choice) => `${long} ${choice}`);
        // What has no effect may have any name.
        const isLoose = choices.length === 0 || long === '--experimental';
        return !isLoose && isRead('no-such') ? [...refused, `${long} no-such`] : refused;
      });
      expect(wrong).toEqual([]);
    });

    test.runIf(tool === 'conda')('beginnings that only one option of conda has are enough', async () => {
      const spec = await load(name);
      const longs = [...options, ...optionTable.before].flatMap((option) =>
        option.spellings.filter((one) => one.startsWith('--')),
      );
      const wrong = options.flatMap((option) => {
        const value = option.choices[0] ?? '7';
        const values = Array<string>(option.values).fill(value);
        const rest = [...values, ...neededBy(command)];
        return option.spellings
          .filter((one) => one.startsWith('--'))
          .map((long) => ({ long, short: beginningOf(long, longs, option.spellings) }))
          .filter(({ long, short }) => {
            const [full, begun] = [read(spec, [long, ...rest]), read(spec, [short, ...rest])];
            return JSON.stringify(full) !== JSON.stringify(begun);
          })
          .map(({ long, short }) => `${short} for ${long}: ${JSON.stringify(read(spec, [short, ...rest]))}`);
      });
      expect(wrong).toEqual([]);
    });

    test('takes as many operands as there', async () => {
      const spec = await load(name);
      const most = operands.some((operand) => operand.includes('...')) ? 3 : operands.length;
      const least = neededBy(command).length;
      for (let count = least; count <= most; count++) {
        expect(typeof read(spec, Array<string>(count).fill('given')), `${count} operands`).toBe('object');
      }
      expect(typeof read(spec, []), 'no operands').toBe(least > 0 ? 'string' : 'object');
    });

    test('options that exclude each other there do so here', async () => {
      const spec = await load(name);
      const known = options.flatMap((option) => option.spellings);
      for (const group of optionTable.exclusive) {
        const here = group.filter((long) => known.includes(long));
        for (const [at, first] of here.entries()) {
          for (const second of here.slice(at + 1)) {
            const values = first === '--name' ? [first, 'x', second, 'y'] : [first, second];
            expect(read(spec, [...values, ...neededBy(command)]), `${first} ${second}`).toMatch(
              /cannot be used with/,
            );
          }
        }
      }
    });

    test('options without an effect, and those that are refused, are listed in docs/compatibility.md', async () => {
      const idle = all(await load(name)).filter(
        (option) => option.noEffect !== undefined || option.refused !== undefined,
      );
      expect(longNames(idle).filter((long) => !isListed(long, name))).toEqual([]);
    });

    test('options without an effect are noted', async () => {
      const spec = await load(name);
      const idle = all(spec).filter(({ noEffect }) => noEffect !== undefined);
      const unnoted = idle.filter((option) => {
        const [long = ''] = longNames([option]);
        const value = option.choices?.[0] ?? '7';
        const given = option.flags.includes('<') ? [`${long}=${value}`] : [long];
        const parsed = parseArguments('tconda', spec, globalOptions, [...given, ...neededBy(command)]);
        return parsed.kind !== 'run' || !parsed.ignored.includes(option);
      });
      expect(longNames(unnoted)).toEqual([]);
    });
  },
);

test.each(optionTable.conda.flatMap(({ name, alias }) => alias.map((other) => [other, name])))(
  '%s is another name of %s',
  async (other, name) => {
    expect(await load(other)).toBe(await load(name));
  },
);

test.each(optionTable.before.flatMap((option) => option.spellings))(
  '%s may stand before the command',
  (one) => {
    const line = readCommandLine([one, 'list'], COMMANDS, globalOptions.options);
    const kind = /^(?:-h|--help)$/.test(one)
      ? 'help'
      : /^(?:-V|--version)$/.test(one)
        ? 'version'
        : 'command';
    expect(line.kind).toBe(kind);
  },
);

test.each(optionTable.sameName)('%s is a command here, too', (name) => {
  expect(findCommand(COMMANDS, name)).toBeDefined();
});

describe.each(Object.entries(optionTable.elsewhere))('what %s has', (_, names) => {
  test.each(names)('there is a word about %s', (name) => {
    expect(() => readCommandLine([name], COMMANDS, globalOptions.options)).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: ELSEWHERE.find((one) => one.name === name)?.instead }),
    );
    expect(compatibility).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
  });
});

test('what is said to be elsewhere is not here', () => {
  expect(ELSEWHERE.filter(({ name }) => findCommand(COMMANDS, name) !== undefined)).toEqual([]);
});

test.each(optionTable.shells.names)('shell.%s is a door of its own', (name) => {
  expect(readCommandLine([`shell.${name}`, 'hook'], COMMANDS, globalOptions.options)).toEqual({
    kind: 'shell',
    shell: name,
    args: ['hook'],
  });
  expect(findShell(name.replace('+json', ''))).toBeDefined();
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

test('a command that is none is not found', () => {
  expect(findCommand(COMMANDS, 'no-such')).toBeUndefined();
});
