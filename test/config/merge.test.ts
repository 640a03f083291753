import { expect, test } from 'vitest';
import * as yaml from 'yaml';

import { parseCondarc } from '../../src/config/condarc.ts';
import { type Match, mergeMatches } from '../../src/config/merge.ts';
import { BOOL_OR_INT, INT, LIST, MAP, type SettingType, STR } from '../../src/config/setting-type.ts';

const LISTS_BY_NAME = { kind: 'map', of: LIST } as const;
const MAPS = { kind: 'list', of: MAP } as const;
const CAPITALS = { kind: 'enum', values: ['no_deps'], hasNames: true } as const;
const SWITCH = { kind: 'enum', values: ['on_', 'off_'], booleans: ['on_', 'off_'] } as const;

/** What several files say of the key `a`, lowest precedence first. */
function mergeTexts(texts: readonly string[], type: SettingType): unknown {
  const matches = texts.map((text, index): Match => {
    const read = parseCondarc(text, yaml);
    const raw = read.kind === 'read' ? read.values.get('a') : undefined;
    if (raw === undefined) throw new Error(`no key in ${text}`);
    return { source: { kind: 'file', path: `file${index}` }, key: 'a', raw };
  });
  return mergeMatches(matches, type)?.value;
}

test.each<[string, readonly string[], SettingType, unknown]>([
  ['any number of signs makes a flag', ['a: #final\n - x', 'a: [y]'], LIST, ['x']],
  ['on both sides of the word', ['a:\n - x', 'a:\n - y\n - z ##!top!#'], LIST, ['z', 'y', 'x']],
  ['a blank makes a comment', ['a: #! final\n - x', 'a: [y]'], LIST, ['y', 'x']],
  ['capitals too', ['a: #!FINAL\n - x', 'a: [y]'], LIST, ['y', 'x']],
  [
    'a comment behind `- b: c` is about b',
    ['a:\n - b: 1\n - b: 2 #!top\n   c: 3'],
    MAPS,
    [{ b: '1' }, { b: '2', c: '3' }],
  ],
  ['one behind the dash about the item', ['a:\n - b: 1\n - #!top\n   b: 2'], MAPS, [{ b: '2' }, { b: '1' }]],
  [
    'maps are equal in any order',
    ['a:\n - b: 1\n   c: 2', 'a:\n - c: 2\n   b: 1'],
    MAPS,
    [{ c: '2', b: '1' }],
  ],
  [
    'lists in a map merge',
    ['a:\n b:\n  - x\n  - y #!bottom', 'a:\n b: [z]'],
    LISTS_BY_NAME,
    { b: ['z', 'x', 'y'] },
  ],
  [
    'what is final there stands as it was written',
    ['a:\n b: #!final\n  - y\n  - x #!top\n  - y', 'a:\n b: [z]'],
    LISTS_BY_NAME,
    { b: ['y', 'x', 'y'] },
  ],
  ['texts keep their blanks', ["a: ' x '"], STR, ' x '],
  ['numbers stay as written', ['a: [3.10, 1e3]'], LIST, ['3.10', '1e3']],
  ['a fraction is cut off', ['a: 3.7'], INT, 3],
  ['capitals where conda has names', ['a: NO_DEPS'], CAPITALS, 'no_deps'],
  ['words for true and false', ['a: off'], SWITCH, 'off_'],
  ['seconds or a switch', ['a: no'], BOOL_OR_INT, false],
])('%s', (_, texts, type, value) => {
  expect(mergeTexts(texts, type)).toEqual(value);
});

test.each<[string, readonly string[], SettingType, string]>([
  ['what a final list sets aside must be a list', ['a: #!final\n - x', 'a: y'], LIST, 'CONFIG_TYPE'],
  ['the items of a list of maps must be maps', ['a: #!final\n - b: c', 'a: [y]'], MAPS, 'CONFIG_TYPE'],
  ['the values of a map of lists must be lists', ['a: {b: c}'], LISTS_BY_NAME, 'CONFIG_TYPE'],
  ['other capitals are another word', ['a: No_Deps'], CAPITALS, 'CONFIG_VALUE'],
  ['a number is no switch', ['a: 1'], SWITCH, 'CONFIG_VALUE'],
  ['a fraction is neither a number of seconds nor a switch', ['a: 1.5'], BOOL_OR_INT, 'CONFIG_TYPE'],
])('%s', (_, texts, type, code) => {
  expect(() => mergeTexts(texts, type)).toThrow(expect.objectContaining({ code }));
});
