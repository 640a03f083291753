import { describe, expect, test } from 'vitest';

import { parseEnvironmentYml } from '../../src/specs/index.ts';
import { selectLines, selectsPlatform } from '../../src/specs/line-selector.ts';

const parse = (text: string, subdir = 'linux-64') =>
  parseEnvironmentYml(text, { name: 'environment.yml', subdir, env: { TOKEN: 'x1' } });

describe('parseEnvironmentYml', () => {
  test('reads every part', async () => {
    const text = [
      'name: 3.10',
      'prefix: ~/envs/x',
      'channels: [https://h/$TOKEN/c, nodefaults, "${TOKEN}", $NONE]',
      'dependencies:',
      '  - python =3.12',
      '  - pip:',
      '    - -e ./here',
      '    - requests >=2',
      'variables: { A: 1.10, B: true, C: "x # y", D: }',
      'platforms: [linux-64]',
      'category: dev',
      'extra: 1',
    ].join('\n');
    expect(await parse(text)).toEqual({
      name: '3.10',
      prefix: '~/envs/x',
      channels: ['https://h/x1/c', 'x1', '$NONE'],
      noDefaults: true,
      specs: ['pip', 'python =3.12'],
      addedPip: true,
      pip: ['-e ./here', 'requests >=2'],
      variables: new Map([
        ['A', '1.10'],
        ['B', 'true'],
        ['C', 'x # y'],
        ['D', ''],
      ]),
      platforms: ['linux-64'],
      unknownKeys: ['extra'],
      problems: [],
      warnings: [],
    });
  });

  test('adds no second pip, whatever brings the first', async () => {
    for (const pip of ['pip', 'conda-forge::pip >=24', 'pip[version=24]']) {
      const read = await parse(`dependencies:\n  - ${pip}\n  - pip: [x]\n`);
      expect(read).toMatchObject({ specs: [pip], addedPip: false });
    }
  });

  test.each([
    ['channels: conda-forge\ndependencies: [x]', "'channels' must be a list"],
    ['dependencies: x', "'dependencies' must be a list"],
    ['dependencies: [{npm: [x]}]', "'npm' under 'dependencies' means nothing here"],
    ['dependencies: [{"sel(freebsd)": x}]', "'sel(freebsd)' under 'dependencies' means nothing here"],
    ['dependencies: [x]\nvariables: [A=1]', "'variables' must be a map of names and texts"],
    ['dependencies: [x]\nvariables: {A: [1]}', "The variable 'A' must be a text"],
  ])('finds what is wrong with %j', async (text, problem) => {
    expect((await parse(text)).problems).toEqual([problem]);
  });

  test.each([
    ['', 'ENVIRONMENT_FILE_EMPTY'],
    ['# nothing\n', 'ENVIRONMENT_FILE_EMPTY'],
    ['- a', 'ENVIRONMENT_FILE_INVALID'],
    ['a: [', 'ENVIRONMENT_FILE_INVALID'],
    ['name: a\nname: b', 'ENVIRONMENT_FILE_INVALID'],
    ['dependencies: [3]', 'ENVIRONMENT_FILE_INVALID'],
    [
      `a: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefgh'.replace(/./g, (key) => `${key}: &${key} [${`*${String.fromCodePoint((key.codePointAt(0) ?? 0) - 1)},`.repeat(10)}]\n`)}`,
      'ENVIRONMENT_FILE_INVALID',
    ],
  ])('refuses %.40j', async (text, code) => {
    await expect(parse(text)).rejects.toMatchObject({ code });
  });

  test('a mark at the beginning is no part of the first key', async () => {
    expect((await parse('\uFEFFname: a\ndependencies: []\n')).name).toBe('a');
  });
});

describe('selectors', () => {
  test.each([
    ['linux', 'linux-64', true],
    ['linux', 'osx-64', false],
    ['unix', 'osx-arm64', true],
    ['win', 'win-64', true],
    ['linux64', 'linux-64', true],
    ['linux64', 'linux-aarch64', false],
    ['aarch64', 'linux-aarch64', true],
    ['arm64', 'osx-arm64', true],
    ['linux-64', 'linux-64', true],
    ['x86', 'linux-64', true],
    ['not win', 'linux-64', true],
    ['linux or osx', 'osx-64', true],
    ['linux and aarch64', 'linux-64', false],
    ['unix and (arm64 or aarch64)', 'osx-arm64', true],
    ['not (linux or osx)', 'win-64', true],
    // None of these is a selector.
    ['see issue', 'win-64', true],
    ['linux and', 'win-64', true],
    ['1', 'win-64', true],
    ['', 'win-64', true],
  ])('# [%s] on %s is %s', (expression, subdir, isKept) => {
    const line = `  - foo  # [${expression}]`;
    expect(selectLines(`a\n${line}\nb`, subdir)).toBe(`a\n${isKept ? line : ''}\nb`);
  });

  test('are for the items of lists alone', () => {
    const text = 'name: x  # [win]\n# - y  # [win]\n- "a # [win]"\n';
    expect(selectLines(text, 'linux-64')).toBe(text);
  });

  test('of maps know four words', () => {
    expect(['unix', 'linux', 'osx', 'win', 'linux64'].map((word) => selectsPlatform(word, 'osx-64'))).toEqual(
      [true, false, true, false, undefined],
    );
  });
});
