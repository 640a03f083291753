import { inspect } from 'node:util';

import { describe, expect, test } from 'vitest';

import {
  channelMembers,
  channelSubdirs,
  expandChannels,
  listChannelSubdirs,
} from '../../src/model/channel-list.ts';
import { parseChannel, revealChannelUrl, subdirUrl, type ChannelSettings } from '../../src/model/channel.ts';
import { DEFAULT_CHANNEL_SETTINGS } from '../../src/model/spec-channel.ts';
import { archOfSubdir, isKnownSubdir, isValidSubdir, osOfSubdir } from '../../src/model/subdir.ts';

const SETTINGS: ChannelSettings = { ...DEFAULT_CHANNEL_SETTINGS, cwd: '/work/dir', home: '/home/u' };

describe('parseChannel', () => {
  test.each([
    ['conda-forge', 'conda-forge', 'https://conda.anaconda.org/conda-forge'],
    ['conda-forge/label/dev', 'conda-forge/label/dev', 'https://conda.anaconda.org/conda-forge/label/dev'],
    ['pkgs/main', 'defaults', 'https://repo.anaconda.com/pkgs/main'],
    ['main', 'main', 'https://conda.anaconda.org/main'],
    ['https://host/conda/x', 'https://host/conda/x', 'https://host/conda/x'],
    ['http://conda.anaconda.org/conda-forge', 'conda-forge', 'http://conda.anaconda.org/conda-forge'],
    ['file:///tmp/chan', 'file:///tmp/chan', 'file:///tmp/chan'],
    ['/tmp/chan/', 'file:///tmp/chan', 'file:///tmp/chan'],
    ['./chan', 'file:///work/dir/chan', 'file:///work/dir/chan'],
    ['../chan', 'file:///work/chan', 'file:///work/chan'],
    ['~/chan', 'file:///home/u/chan', 'file:///home/u/chan'],
    ['/tmp/my chan', 'file:///tmp/my chan', 'file:///tmp/my chan'],
    ['/tmp/100%41#?', 'file:///tmp/100%2541%23%3F', 'file:///tmp/100%2541%23%3F'],
    ['C:\\chan\\x', 'file:///C:/chan/x', 'file:///C:/chan/x'],
    ['https://h/a%20b', 'https://h/a b', 'https://h/a b'],
    ['https://h/a%2Fb', 'https://h/a%2Fb', 'https://h/a%2Fb'],
    ['https://h/a?x=1#y', 'https://h/a', 'https://h/a'],
    ['https://[::1]:8080/c', 'https://[::1]:8080/c', 'https://[::1]:8080/c'],
  ])('%s is %s at %s', (text, canonicalName, baseUrl) => {
    expect(parseChannel(text, SETTINGS)).toMatchObject({ canonicalName, baseUrl });
  });

  test.each([
    ['conda-forge/linux-64', { subdir: 'linux-64' }, ['linux-64', 'noarch']],
    ['conda-forge/noarch', { subdir: 'noarch' }, ['noarch']],
    ['conda-forge[linux-64, win-64]', { onlySubdirs: ['linux-64', 'win-64'] }, ['linux-64', 'win-64']],
    ['https://h/c[noarch]', { onlySubdirs: ['noarch'] }, ['noarch']],
    ['conda-forge', {}, ['osx-64', 'noarch']],
  ])('%s searches %j', (text, filter, subdirs) => {
    const channel = parseChannel(text, SETTINGS);
    expect(channel).toMatchObject(filter);
    expect(channelSubdirs(channel, ['osx-64', 'noarch'])).toEqual(subdirs);
  });

  test.each(['conda-forge[linux-64]suffix', 'forge]', 'a[b'])('%s is no channel', (text) => {
    const position = text.search(/[[\]]/);
    expect(() => parseChannel(text, SETTINGS)).toThrow(
      expect.objectContaining({ code: 'INVALID_CHANNEL', data: { position } }),
    );
  });

  test('a pattern may have brackets', () => {
    expect(parseChannel('^conda-[a-z]+$', SETTINGS).name).toBe('^conda-[a-z]+$');
  });

  test('a configured subdir splits too', () => {
    const text = 'msarahan/osx-1012-x86_64';
    expect(parseChannel(text, SETTINGS).name).toBe(text);
    const settings = { ...SETTINGS, extraSubdirs: ['osx-1012-x86_64'] };
    expect(parseChannel(text, settings)).toMatchObject({ name: 'msarahan', subdir: 'osx-1012-x86_64' });
  });
});

describe('credentials', () => {
  const SECRET = 's3cret';
  test.each([
    `https://user:${SECRET}@h.example/c`,
    `https://h.example/t/${SECRET}/c/linux-64`,
    `https://user:${SECRET}@h.example/t/tk-${SECRET}/c`,
    `https://h.example/t/odd_${SECRET}.x/c`,
  ])('of %s appear nowhere but where they are asked for', (text) => {
    const channel = parseChannel(text, SETTINGS);
    expect(channel.baseUrl).toBe('https://h.example/c');
    expect(JSON.stringify(channel) + inspect(channel) + subdirUrl(channel, 'noarch')).not.toContain(SECRET);
    expect(revealChannelUrl(channel)).toContain(SECRET);
  });

  test('come from the settings where the channel is found there', () => {
    const settings = { ...SETTINGS, channelAlias: 'https://u:p%40ss@mirror.example/t/tk-1' };
    const channel = parseChannel('conda-forge', settings);
    expect(channel.baseUrl).toBe('https://mirror.example/conda-forge');
    expect(channel.credentials?.basic?.password.reveal()).toBe('p@ss');
    expect(revealChannelUrl(channel, 'noarch')).toBe(
      'https://u:p%40ss@mirror.example/t/tk-1/conda-forge/noarch',
    );
  });
});

describe('lists of channels', () => {
  test('groups are expanded, and what is no channel or stands twice is left out', () => {
    const texts = [
      'nodefaults',
      'conda-forge',
      'defaults',
      '<unknown>',
      'https://conda.anaconda.org/conda-forge',
    ];
    const settings = {
      ...SETTINGS,
      customMultichannels: new Map([['defaults', ['https://h/main', 'https://h/r']]]),
    };
    expect(expandChannels(texts, settings).map(({ baseUrl }) => baseUrl)).toEqual([
      'https://conda.anaconda.org/conda-forge',
      'https://h/main',
      'https://h/r',
    ]);
  });

  test('the subdir of a group is that of its members', () => {
    const members = channelMembers(parseChannel('defaults/win-64', SETTINGS), SETTINGS);
    expect(members.map(({ subdir }) => subdir)).toEqual(['win-64', 'win-64', 'win-64']);
  });

  test('both subdirs of a channel share its rank', () => {
    const found = listChannelSubdirs(['a', 'b', 'a'], SETTINGS, ['linux-64', 'noarch']);
    expect(found.map(({ channel, subdir, priority }) => [channel.name, subdir, priority])).toEqual([
      ['a', 'linux-64', 0],
      ['a', 'noarch', 0],
      ['b', 'linux-64', 1],
      ['b', 'noarch', 1],
    ]);
  });
});

test('subdirs', () => {
  expect(isKnownSubdir('linux-64')).toBe(true);
  expect(isKnownSubdir('linux-99')).toBe(false);
  expect(isValidSubdir('linux-99')).toBe(true);
  expect(isValidSubdir('linux/99')).toBe(false);
  expect([osOfSubdir('osx-arm64'), archOfSubdir('osx-arm64')]).toEqual(['osx', 'arm64']);
  expect([archOfSubdir('linux-64'), archOfSubdir('win-32')]).toEqual(['x86_64', 'x86']);
});
