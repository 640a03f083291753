import { describe, expect, test } from 'vitest';

import { readCommandLine } from '../../src/cli/command-line.ts';
import { expandArguments } from '../../src/cli/expand-arguments.ts';
import { parseArguments } from '../../src/cli/parse-arguments.ts';
import type { CommandSpec } from '../../src/commands/command.ts';
import { channelOptions, globalOptions, promptOptions, targetOptions } from '../../src/commands/options.ts';
import { solverOptions, updateModeOptions } from '../../src/commands/solver-options.ts';
import { COMMANDS } from '../../src/commands/table.ts';

const spec: CommandSpec = {
  summary: 'Install packages',
  operands: ['[specs...]'],
  options: [
    targetOptions,
    channelOptions,
    solverOptions,
    updateModeOptions,
    promptOptions,
    { heading: 'Never', options: [{ flags: '--never', description: 'nothing', refused: 'it is not built' }] },
  ],
  examples: ['tconda install numpy'],
  run: () => Promise.resolve({ kind: 'output', lines: [] }),
};
const parse = (...args: readonly string[]) => {
  const parsed = parseArguments('tconda install', spec, globalOptions, args);
  if (parsed.kind === 'help') throw new Error('help');
  return parsed;
};
const read = (...argv: readonly string[]) => readCommandLine(argv, COMMANDS, globalOptions.options);

describe('readCommandLine', () => {
  test('options before the command move behind it', () => {
    expect(read('--json', '-v', '--rc-file', 'x', 'list', '-n', 'e')).toMatchObject({
      kind: 'command',
      path: ['list'],
      args: ['--json', '-v', '--rc-file', 'x', '-n', 'e'],
    });
  });

  test('a group finds its command, with options between', () => {
    expect(read('env', '--json', 'list', '-v')).toMatchObject({
      path: ['env', 'list'],
      args: ['--json', '-v'],
    });
    expect(read('upgrade', '--all')).toMatchObject({ path: ['update'] });
    expect(read('-r', '/mamba', 'env', 'list')).toMatchObject({
      path: ['env', 'list'],
      args: ['--root-prefix', '/mamba'],
    });
    expect(read('env', '--rc-file', 'x', 'config', '-r', '/mamba', 'vars', 'list')).toMatchObject({
      path: ['env', 'config', 'vars', 'list'],
    });
  });

  test('what micromamba takes before the command goes to the command', () => {
    expect(read('-n', 'e', '-y', '--dry-run', 'install', 'zlib')).toMatchObject({
      path: ['install'],
      args: ['-n', 'e', '-y', '--dry-run', 'zlib'],
    });
    expect(read('--prefix=/e', 'env', 'list')).toMatchObject({ path: ['env', 'list'] });
    for (const given of ['-n=e', '-ne', '--name=e']) {
      expect(read(given, 'list')).toMatchObject({ path: ['list'], args: [given] });
    }
    expect(read('-yn', 'e', 'install')).toMatchObject({ path: ['install'], args: ['-yn', 'e'] });
    // A name is no command, wherever it stands.
    expect(read('-n', 'list', 'install')).toMatchObject({ path: ['install'], args: ['-n', 'list'] });
    expect(read('env', '-n', 'list', 'export')).toMatchObject({
      path: ['env', 'export'],
      args: ['-n', 'list'],
    });
  });

  test('help is the same as --help', () => {
    expect(read('help')).toMatchObject({ kind: 'help', path: [] });
    expect(read('help', 'env')).toMatchObject({ kind: 'help', path: ['env'] });
    expect(read('help', 'env', 'list')).toMatchObject({ path: ['env', 'list'], args: ['--help'] });
    expect(read('--json', 'help', 'list')).toMatchObject({ path: ['list'], args: ['--json', '--help'] });
    expect(() => read('help', 'instal')).toThrow("there is no command 'instal'");
  });

  test('help and version', () => {
    expect(read()).toMatchObject({ kind: 'help', path: [] });
    expect(read('-v', '--help')).toMatchObject({ kind: 'help', path: [] });
    expect(read('env')).toMatchObject({ kind: 'help', path: ['env'] });
    expect(read('env', '--help')).toMatchObject({ kind: 'help', path: ['env'] });
    expect(read('-v', '--version')).toEqual({ kind: 'version' });
  });

  test('the shell’s door', () => {
    expect(read('shell.bash', 'activate', 'x')).toEqual({
      kind: 'shell',
      shell: 'bash',
      args: ['activate', 'x'],
    });
  });

  test('what does not exist is named, with what is near', () => {
    expect(() => read('instal', 'zlib')).toThrow("there is no command 'instal'");
    const error = attempt(() => read('instal'));
    expect(error).toMatchObject({ code: 'USAGE', hint: 'Did you mean install?' });
    expect(attempt(() => read('env', 'lst'))).toMatchObject({ hint: 'Did you mean list?' });
    expect(() => read('--bogus', 'list')).toThrow('unrecognized arguments: --bogus');
  });
});

describe('expandArguments', () => {
  const options = spec.options.flatMap((group) => group.options);
  test.each([
    [['--dry'], ['--dry-run']],
    [
      ['--pre', '/x'],
      ['--prefix', '/x'],
    ],
    [['--pre=/x'], ['--prefix=/x']],
    [['--no-update-deps'], ['--freeze-installed']],
    [
      ['--name', '--dry'],
      ['--name', '--dry'],
    ],
    [
      ['-n', '--dry', '--dry'],
      ['-n', '--dry', '--dry-run'],
    ],
    [
      ['-yn', '--dry', '--dry'],
      ['-yn', '--dry', '--dry-run'],
    ],
    [['--unheard-of'], ['--unheard-of']],
    [['-n=e'], ['-ne']],
    [['-n=-x=y'], ['-n-x=y']],
    [
      ['-n=', 'e'],
      ['-n', '', 'e'],
    ],
    [['-y=e'], ['-y=e']],
    [
      ['--', '--dry'],
      ['--', '--dry'],
    ],
  ])('%j', (args, expanded) => expect(expandArguments(args, options)).toEqual(expanded));

  test('an ambiguous beginning is an error', () => {
    expect(() => expandArguments(['--only', '--over'], options)).not.toThrow();
    expect(() => expandArguments(['--no-p'], options)).not.toThrow();
    expect(() => expandArguments(['--no-'], options)).toThrow(/^ambiguous option: --no- could match /);
  });

  test('what belongs to another program stays as it is', () => {
    expect(expandArguments(['--dry', 'prog', '--dry'], options, true)).toEqual([
      '--dry-run',
      'prog',
      '--dry',
    ]);
  });
});

describe('parseArguments', () => {
  test('operands, repeated options, joined short ones', () => {
    const { operands, values } = parse(
      'a',
      '-c',
      'x',
      '-yq',
      'b>=1',
      '--channel=y',
      '-nfoo',
      '-vv',
      '--verbose',
    );
    expect(operands).toEqual(['a', 'b>=1']);
    expect(values).toMatchObject({ channel: ['x', 'y'], yes: true, quiet: true, name: 'foo', verbose: 3 });
  });

  test('what was not given is absent', () => {
    const { values } = parse();
    expect(values['yes']).toBeUndefined();
    expect(values['verbose']).toBeUndefined();
    expect(values['deps']).not.toBe(false);
    expect(parse('--no-deps').values['deps']).toBe(false);
  });

  test.each([
    [['--bogus'], "unrecognized option '--bogus'"],
    [
      ['-n', 'a', '-p', '/b'],
      "option '-n, --name <environment>' cannot be used with option '-p, --prefix <path>'",
    ],
    [['-n'], 'argument -n/--name: expected one argument'],
    [['--yes=no'], "argument -y/--yes: ignored explicit argument 'no'"],
    [['--channel-priority=odd'], /Allowed choices are strict, flexible, disabled/],
    [['--never'], /^--never can't be used: it is not built/],
  ])('%j is wrong usage', (args, message) => {
    expect(() => parse(...args)).toThrow(message);
    expect(attempt(() => parse(...args))).toMatchObject({ code: 'USAGE' });
  });

  test('the hint names options that are near', () => {
    expect(attempt(() => parse('--yess'))).toMatchObject({
      hint: expect.stringMatching(/^Did you mean --yes.*\? See tconda install --help$/) as unknown,
    });
    expect(attempt(() => parse('--bogus-thing'))).toMatchObject({ hint: 'See tconda install --help' });
  });

  test('options without effect are told, not lost', () => {
    expect(parse('--no-lock', '--solver', 'libmamba').ignored.map(({ flags }) => flags)).toEqual([
      '--no-lock',
      '--solver <name>',
    ]);
  });

  test('help has the groups and the examples, and fits 80 columns', () => {
    const help = parseArguments('tconda install', spec, globalOptions, ['--help']);
    if (help.kind !== 'help') throw new Error('no help');
    expect(help.text).toContain('Environment:');
    expect(help.text).toContain('  tconda install numpy');
    expect(help.text).not.toContain('--no-lock');
    expect(Math.max(...help.text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

function attempt(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
