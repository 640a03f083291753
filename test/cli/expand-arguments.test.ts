import { expect, test } from 'vitest';

import { expandArguments } from '../../src/cli/expand-arguments.ts';
import type { OptionSpec } from '../../src/commands/command.ts';

const options: readonly OptionSpec[] = [
  { flags: '-n, --name <environment>', description: '' },
  { flags: '-y, --yes', description: '' },
  { flags: '--set <key> <value>', description: '', repeat: true },
  { flags: '--prepend <key> <value>', description: '', repeat: true, aliases: ['--add'] },
];

test.each([
  [
    ['--nam', 'a', 'b'],
    ['--name', 'a', 'b'],
  ],
  [['--name=--yes'], ['--name=--yes']],
  [
    ['-yn', '-x', 'x'],
    ['-yn', '-x', 'x'],
  ],
  [
    ['--set', 'a', '-1', 'b'],
    ['--set=a\0-1', 'b'],
  ],
  [
    ['--add', 'a', 'b', '--set', 'c', 'd'],
    ['--prepend=a\0b', '--set=c\0d'],
  ],
  [
    ['--', '--nam'],
    ['--', '--nam'],
  ],
])('%j', (given, expected) => {
  expect(expandArguments(given, options)).toEqual(expected);
});

test('an option of two arguments needs both', () => {
  expect(() => expandArguments(['--set', 'a'], options)).toThrow('argument --set: expected 2 arguments');
});

test.each([[['-n', '--yes']], [['-yn', '--set']], [['--name', '-y']], [['--nam', '--name']]])(
  '%j: an option is not the value of another',
  (given) => {
    expect(() => expandArguments(given, options)).toThrow('argument -n/--name: expected one argument');
  },
);
