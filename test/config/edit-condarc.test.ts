import { expect, test } from 'vitest';
import * as yaml from 'yaml';

import { type CondarcEdit, editCondarc, parseSettingText } from '../../src/config/index.ts';

const edit = (text: string, ...edits: readonly CondarcEdit[]): string => editCondarc(text, edits, yaml).text;

const FILE = `# mine
channels:
  - conda-forge # the best
  - bioconda #!bottom
# how strict
channel_priority: flexible # for now
unknown_key: [1, 2]
proxy_servers:
  http: http://proxy:1
`;

test('a value changes in its place, with all comments kept', () => {
  expect(edit(FILE, { kind: 'set', key: 'channel_priority', value: 'strict' })).toBe(
    FILE.replace('channel_priority: flexible', 'channel_priority: strict'),
  );
});

test('keys within maps', () => {
  const text = edit(FILE, { kind: 'set', key: 'proxy_servers.https', value: 'http://proxy:2' });
  expect(text).toBe(`${FILE}  https: http://proxy:2\n`);
  expect(edit(text, { kind: 'remove-key', key: 'proxy_servers.https' })).toBe(FILE);
});

test('new keys go to the end, also of an empty file', () => {
  expect(edit(FILE, { kind: 'set', key: 'always_yes', value: false })).toBe(`${FILE}always_yes: false\n`);
  expect(edit('', { kind: 'add', key: 'channels', value: 'abc', at: 'start' })).toBe('channels:\n  - abc\n');
  expect(edit('{}\n', { kind: 'set', key: 'always_yes', value: true })).toBe('always_yes: true\n');
});

test('lists grow at both ends, and what is there already moves with its comment', () => {
  const { text, warnings } = editCondarc(
    FILE,
    [
      { kind: 'add', key: 'channels', value: 'first', at: 'start' },
      { kind: 'add', key: 'channels', value: 'conda-forge', at: 'end' },
    ],
    yaml,
  );
  expect(warnings).toEqual(["Warning: 'conda-forge' already in 'channels' list, moving to the bottom"]);
  expect(yaml.parse(text)).toMatchObject({ channels: ['first', 'bioconda', 'conda-forge'] });
  expect(text).toContain('- conda-forge # the best');
  expect(text).toContain('- bioconda #!bottom');
});

test('an item, a list and a key are taken out', () => {
  const without = edit(FILE, { kind: 'remove', key: 'channels', value: 'bioconda' });
  expect(yaml.parse(without)).toMatchObject({ channels: ['conda-forge'] });
  expect(yaml.parse(edit(FILE, { kind: 'clear', key: 'channels' }))).toMatchObject({ channels: [] });
  expect(edit(FILE, { kind: 'remove-key', key: 'unknown_key' })).toBe(
    FILE.replace('unknown_key: [1, 2]\n', ''),
  );
});

test('what is not there can not be taken out', () => {
  expect(() => edit(FILE, { kind: 'remove-key', key: 'always_yes' })).toThrow(
    "'always_yes': undefined in config",
  );
  expect(() => edit(FILE, { kind: 'remove', key: 'channels', value: 'x' })).toThrow(
    "'channels': value 'x' not present in config",
  );
});

test('a damaged file is not touched', () => {
  expect(() => edit('a: [', { kind: 'set', key: 'b', value: 1 })).toThrow(
    /Cannot change the file of settings/,
  );
  expect(() => edit('- a\n', { kind: 'set', key: 'b', value: 1 })).toThrow(/holds no keys/);
});

test('values are read by the type of their key', () => {
  expect(parseSettingText('always_yes', 'yes')).toBe(true);
  expect(parseSettingText('remote_max_retries', '7')).toBe(7);
  expect(parseSettingText('proxy_servers.http', 'http://a')).toBe('http://a');
  expect(parseSettingText('auto_activate_base', 'false')).toBe(false);
  expect(() => parseSettingText('nosuchkey', '1')).toThrow("'nosuchkey': unknown parameter");
  expect(() => parseSettingText('channels', 'a')).toThrow("'channels': invalid parameter");
  expect(() => parseSettingText('channel_priority', 'bogus')).toThrow(/channel_priority = 'bogus'/);
});
