import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as yaml from 'yaml';

import { type CondarcEdit, editCondarc } from '../../src/config/index.ts';
import { TcondaError } from '../../src/errors.ts';

const edit = (text: string, ...edits: readonly CondarcEdit[]): string => editCondarc(text, edits, yaml).text;
const set = (key: string, value: unknown): CondarcEdit => ({ kind: 'set', key, value });
const append = (key: string, value: string): CondarcEdit => ({ kind: 'add', key, value, at: 'end' });
const prepend = (key: string, value: string): CondarcEdit => ({ kind: 'add', key, value, at: 'start' });
const remove = (key: string, value: string): CondarcEdit => ({ kind: 'remove', key, value });
const removeKey = (key: string): CondarcEdit => ({ kind: 'remove-key', key });

describe('what is not changed stays to the letter', () => {
  test.each<[string, string, CondarcEdit, string]>([
    ['blanks before a comment', 'quiet: true    # x\n', set('quiet', false), 'quiet: false    # x\n'],
    [
      'single quotes',
      "env_prompt: '({name})' # x\n",
      set('env_prompt', '[{name}]'),
      "env_prompt: '[{name}]' # x\n",
    ],
    [
      'blank lines',
      '# a\n\n\nquiet: true\n\n\n# z\n',
      set('offline', true),
      '# a\n\n\nquiet: true\n\n\n# z\noffline: true\n',
    ],
    ['lists that don’t stand in', 'channels:\n- a\n', append('channels', 'b'), 'channels:\n- a\n- b\n'],
    [
      'lists that stand far in',
      'channels:\n    - a\nquiet: true\n',
      append('channels', 'b'),
      'channels:\n    - a\n    - b\nquiet: true\n',
    ],
    [
      'how lists stand in, for a new one',
      'channels:\n- a\n',
      append('envs_dirs', '/e'),
      'channels:\n- a\nenvs_dirs:\n- /e\n',
    ],
    [
      'how maps stand in',
      'proxy_servers:\n    http: x\n',
      set('proxy_servers.https', 'z'),
      'proxy_servers:\n    http: x\n    https: z\n',
    ],
    ['the mark of the byte order', '\ufeffquiet: true\n', set('quiet', false), '\ufeffquiet: false\n'],
    [
      'the marks of a document',
      '---\nquiet: true\n...\n',
      set('offline', true),
      '---\nquiet: true\noffline: true\n...\n',
    ],
    ['blanks in brackets', 'channels: [ a,b ] # x\n', append('channels', 'c'), 'channels: [ a,b, c ] # x\n'],
    [
      'brackets over several lines',
      'channels: [\n  a,\n  b,\n]\n',
      append('channels', 'c'),
      'channels: [\n  a,\n  b, c,\n]\n',
    ],
    [
      'texts over several lines',
      'conda_build: |\n  a\n  b\nquiet: true\n',
      set('quiet', false),
      'conda_build: |\n  a\n  b\nquiet: false\n',
    ],
    [
      'a comment behind nothing',
      'channels: # mine\nquiet: true\n',
      append('channels', 'a'),
      'channels: # mine\n  - a\nquiet: true\n',
    ],
    [
      'comments between items',
      'channels:\n  - a # 1\n  # of b\n  - b\n',
      remove('channels', 'a'),
      'channels:\n  # of b\n  - b\n',
    ],
    [
      'the comment of an item that moves',
      'channels:\n  - a # 1\n  - b',
      append('channels', 'a'),
      'channels:\n  - b\n  - a # 1\n',
    ],
    [
      'flags',
      'channels: #!final\n  - a #!top\n  - b\n',
      prepend('channels', 'c'),
      'channels: #!final\n  - c\n  - a #!top\n  - b\n',
    ],
    ['tags', 'quiet: true\nx: !mine 1\n', set('quiet', false), 'quiet: false\nx: !mine 1\n'],
    ['line breaks of Windows', 'quiet: true\r\n', set('offline', true), 'quiet: true\r\noffline: true\r\n'],
  ])('%s', (_, before, change, after) => {
    expect(edit(before, change)).toBe(after);
  });
});

describe('places of all kinds', () => {
  test.each<[string, CondarcEdit, string]>([
    ['# mine', set('quiet', true), '# mine\nquiet: true\n'],
    ['null\n', set('quiet', true), 'quiet: true\n'],
    ['{} # mine\n', set('quiet', true), '# mine\nquiet: true\n'],
    ['{quiet: true}\n', set('offline', true), '{quiet: true, offline: true}\n'],
    ['{quiet: true, offline: true}\n', removeKey('quiet'), '{offline: true}\n'],
    [
      'proxy_servers:\nquiet: true\n',
      set('proxy_servers.http', 'x'),
      'proxy_servers:\n  http: x\nquiet: true\n',
    ],
    ['proxy_servers: {http: x}\n', set('proxy_servers.https', 'z'), 'proxy_servers: {http: x, https: z}\n'],
    ['proxy_servers:\n  http: x # y\n', removeKey('proxy_servers.http'), 'proxy_servers: {}\n'],
    ['channels: [a, b, c]\n', remove('channels', 'c'), 'channels: [a, b]\n'],
    ['channels: [a, b, c]\n', prepend('channels', 'c'), 'channels: [c, a, b]\n'],
    ['channels:\n  - a\n', remove('channels', 'a'), 'channels: []\n'],
    ['channels: [] # none\n', append('channels', 'a'), 'channels: # none\n  - a\n'],
    ['env_prompt: >-\n  a\n  b\nquiet: true\n', set('env_prompt', 'c'), 'env_prompt: c\nquiet: true\n'],
    [
      'channels:\n  - a\nquiet: true\n',
      set('channels', ['b', 'c']),
      'channels:\n  - b\n  - c\nquiet: true\n',
    ],
    ['a: &x [1]\nchannels: *x\n', append('channels', 'b'), 'a: &x [1]\nchannels:\n  - 1\n  - b\n'],
    ['? offline\n: true\n', set('quiet', true), '? offline\n: true\nquiet: true\n'],
  ])('%j', (before, change, after) => {
    expect(edit(before, change)).toBe(after);
  });
});

test('a key keeps the name that the file has for it, so that none stands there twice', () => {
  expect(edit('yes: false\n', set('always_yes', true))).toBe('yes: true\n');
  expect(edit('always_yes: false\n', set('yes', true))).toBe('always_yes: true\n');
  expect(edit('envs_path:\n  - /a\n', append('envs_dirs', '/b'))).toBe('envs_path:\n  - /a\n  - /b\n');
  expect(edit('verify_ssl: false\n', removeKey('ssl_verify'))).toBe('');
});

test.each<[string, CondarcEdit]>([
  ['quiet: &q true\noffline: *q\n', set('quiet', false)],
  ['quiet: &q true\noffline: *q\n', removeKey('quiet')],
  ['a: &x [1]\nb: *x\n', append('a', 'c')],
  ['? quiet\n: true\n', set('quiet', false)],
])('%j is left to its owner', (text, change) => {
  expect(() => edit(text, change)).toThrow(expect.objectContaining({ code: 'FILE_UNREADABLE' }));
});

test.each<[string, CondarcEdit]>([
  ['channels: a\n', append('channels', 'b')],
  ['channels: {a: b}\n', remove('channels', 'b')],
  ['proxy_servers: [a]\n', set('proxy_servers.http', 'b')],
])('%j holds another kind of value', (text, change) => {
  expect(() => edit(text, change)).toThrow(expect.objectContaining({ code: 'CONFIG_TYPE' }));
});

const KEYS = ['channels', 'envs_dirs', 'proxy_servers', 'quiet', 'of_others'] as const;
const word = fc.constantFrom('a', 'b', 'on', '1e3', 'x: y', "it's", '#c', '[z', '-', 'http://u:p@h/ü', '');
const comment = fc.constantFrom('', ' # c', '   # !x', ' #!final');
const value = fc.oneof(
  fc.constantFrom('', ' ~', ' true', ' 12', " 'q'", ' "q"', ' []', ' [a, b]', ' {}', ' {http: x}'),
  fc.constantFrom('\n  - a\n  - b #!top', '\n- a', '\n  http: x\n  https: z', '\n    # c\n    - b'),
);
const file = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...KEYS)),
    fc.infiniteStream(value),
    fc.infiniteStream(comment),
    fc.constantFrom('', '\n', '\n\n# end\n'),
    fc.constantFrom('\n', '\r\n'),
  )
  .map(([keys, values, comments, end, eol]) => {
    const lines = keys.map((key) => {
      const written = values.next().value ?? '';
      const behind = comments.next().value ?? '';
      return `${key}:${written.startsWith('\n') ? behind + written : written + behind}`;
    });
    return `# top\n${lines.join('\n')}${end}`.replaceAll('\n', eol);
  });
const change: fc.Arbitrary<CondarcEdit> = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    key: fc.constantFrom(...KEYS, 'proxy_servers.http'),
    value: word,
  }),
  fc.record({
    kind: fc.constant('add' as const),
    key: fc.constantFrom('channels', 'envs_dirs'),
    value: word,
    at: fc.constantFrom('start' as const, 'end' as const),
  }),
  fc.record({
    kind: fc.constant('remove' as const),
    key: fc.constantFrom('channels', 'envs_dirs'),
    value: word,
  }),
  fc.record({
    kind: fc.constant('remove-key' as const),
    key: fc.constantFrom(...KEYS, 'proxy_servers.http'),
  }),
);

/** What is wrong after a change. */
function findFaults(text: string, wish: CondarcEdit, after: string): readonly unknown[] {
  const before = (yaml.parse(text) ?? {}) as Readonly<Record<string, unknown>>;
  const now = (yaml.parse(after) ?? {}) as Readonly<Record<string, unknown>>;
  const [outer = '', inner] = wish.key.split('.');
  const changed = KEYS.filter(
    (key) => key !== outer && JSON.stringify(now[key]) !== JSON.stringify(before[key]),
  );
  const held = inner === undefined ? now[outer] : (now[outer] as Readonly<Record<string, unknown>>)[inner];
  const items = Array.isArray(held) ? (held as readonly unknown[]) : [];
  const said =
    wish.kind === 'set' ? held : wish.kind === 'add' ? items.at(wish.at === 'start' ? 0 : -1) : undefined;
  const isSaid = !('value' in wish) || wish.kind === 'remove' || said === wish.value;
  const lines = new Set(after.split(/\r?\n/));
  const lost = text.split(/\r?\n/).filter((line) => line.startsWith('# ') && !lines.has(line));
  return [...changed, ...(isSaid ? [] : [said]), ...lost];
}

test('any file and any change: the value is right, the other keys and all comment lines stay', () => {
  fc.assert(
    fc.property(file, change, (text, wish) => {
      let after;
      try {
        after = edit(text, wish);
      } catch (error) {
        // What is not there, and what is no list. Never a place that can't be changed.
        return error instanceof TcondaError && ['CONFIG_KEY', 'CONFIG_TYPE'].includes(error.code);
      }
      expect(findFaults(text, wish, after)).toEqual([]);
      return true;
    }),
    { numRuns: 2000 },
  );
});
