import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseArguments } from '../../src/cli/parse-arguments.ts';
import { readPlainArguments } from '../../src/cli/plain-arguments.ts';
import { envList } from '../../src/commands/env-list.ts';
import { info } from '../../src/commands/info.ts';
import { list } from '../../src/commands/list.ts';
import { globalOptions } from '../../src/commands/options.ts';

const COMMANDS = { list, info, envList };

test.each(Object.entries(COMMANDS))('what is plain for %s means what it means anyway', (name, spec) => {
  const groups = [...spec.options, globalOptions];
  const spelled = groups.flatMap(({ options }) =>
    options.flatMap(({ flags, aliases = [] }) => [...flags.replace(/<.*>/, '').split(/[ ,]+/), ...aliases]),
  );
  const word = fc.constantFrom(
    ...spelled,
    'name',
    'x=y',
    '--',
    '-x',
    '--jso',
    '--name=a',
    '-na',
    '-',
    '',
    '--help',
  );
  let plain = 0;
  fc.assert(
    fc.property(fc.array(word, { maxLength: 4 }), (args) => {
      const read = readPlainArguments(args, groups, spec.operands);
      if (read === undefined) return;
      plain += 1;
      const { operands, values } = read;
      expect(parseArguments(name, spec, globalOptions, args)).toEqual({
        kind: 'run',
        operands,
        values,
        ignored: [],
      });
    }),
    { numRuns: 2000 },
  );
  expect(plain).toBeGreaterThan(100);
});

test('what people type is plain', () => {
  const groups = [...list.options, globalOptions];
  const read = readPlainArguments(['-n', 'a', '--json', '--no-pip', 'zl'], groups, list.operands);
  expect(read?.operands).toEqual(['zl']);
  expect(read?.values).toMatchObject({ name: 'a', json: true, pip: false });
});
