import { expect, test } from 'vitest';

import { actionsToJson } from '../../src/report/actions-json.ts';
import { environmentsToJson, formatEnvironmentTable } from '../../src/report/environment-table.ts';
import { formatInfoTable } from '../../src/report/info-table.ts';
import { nearNames } from '../../src/report/near-names.ts';
import { formatRecordDetails, formatSearchTable } from '../../src/report/search-table.ts';
import { formatSettings, type SettingValue } from '../../src/report/settings-text.ts';
import { formatSize } from '../../src/report/size.ts';
import { record } from './records.ts';

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KB'],
  [1431, '1 KB'],
  // In the middle between two: the even one, as Python rounds.
  [1536, '2 KB'],
  [2560, '2 KB'],
  [3584, '4 KB'],
  [5719, '6 KB'],
  [1_048_064, '1024 KB'],
  [1_048_576, '1.0 MB'],
  [1_310_720, '1.2 MB'],
  [1_835_008, '1.8 MB'],
  [23_800_555, '22.7 MB'],
  [1_073_690_000, '1024.0 MB'],
  [1_073_741_824, '1.00 GB'],
  [1_207_959_552, '1.12 GB'],
  [3_221_225_472, '3.00 GB'],
])('%i bytes are %s', (bytes, text) => expect(formatSize(bytes)).toBe(text));

test.each([
  ['instal', ['create', 'install', 'list'], ['install']],
  ['isntall', ['install', 'info'], ['install']],
  ['numpi', ['numpy', 'scipy', 'nump'], ['nump', 'numpy']],
  ['frobnicate', ['install', 'list'], []],
])('near %s', (name, names, near) => expect(nearNames(name, names)).toEqual(near));

test('search rows, with the spaces conda leaves at their ends', () => {
  expect(formatSearchTable([record('zlib 1.2.11 h1_3'), record('python 3.9.18 h0755675_0_cpython')])).toEqual(
    [
      '# Name                       Version           Build  Channel             ',
      'zlib                          1.2.11            h1_3  mini                ',
      'python                        3.9.18 h0755675_0_cpython  mini                ',
    ],
  );
});

test('the details of one record', () => {
  const zlib = record('zlib 1.2.11 h1_3', {
    size: 975,
    license: 'Zlib',
    timestamp: 1_700_000_000_000,
    depends: ['libgcc-ng >=7.3.0'],
  });
  expect(formatRecordDetails(zlib).join('\n')).toMatchInlineSnapshot(`
    "zlib 1.2.11 h1_3
    ----------------
    file name   : zlib-1.2.11-h1_3.conda
    name        : zlib
    version     : 1.2.11
    build       : h1_3
    build number: 0
    size        : 975 B
    license     : Zlib
    subdir      : linux-64
    url         : http://localhost/mini/linux-64/zlib-1.2.11-h1_3.conda
    timestamp   : 2023-11-14 22:13:20 UTC
    dependencies: 
      - libgcc-ng >=7.3.0

    "
  `);
});

test('the table of environments', () => {
  const one = { isActive: false, isBase: false, isFrozen: false, isWritable: true, created: undefined };
  const entries = [
    { ...one, prefix: '/root', name: 'base', isBase: true, lastModified: '2026-11-22T15:23:26.340344+00:00' },
    { ...one, prefix: '/root/envs/e1', name: 'e1', isActive: true, lastModified: undefined },
    { ...one, prefix: '/root/envs/less', name: 'less', isFrozen: true, lastModified: undefined },
    { ...one, prefix: '/elsewhere', name: '', lastModified: undefined },
  ];
  expect(formatEnvironmentTable(entries)).toEqual([
    '',
    '# conda environments:',
    '#',
    '# * -> active',
    '# + -> frozen',
    'base                     /root',
    'e1                   *   /root/envs/e1',
    'less                   + /root/envs/less',
    '                         /elsewhere',
    '',
  ]);
  expect(environmentsToJson(entries).envs_details['/root']).toEqual({
    name: 'base',
    created: null,
    last_modified: '2026-11-22T15:23:26.340344+00:00',
    active: false,
    base: true,
    frozen: false,
    writable: true,
  });
});

test('the two columns of info', () => {
  expect(
    formatInfoTable([
      ['platform', 'linux-64'],
      ['channel URLs', ['a', 'b']],
    ]),
  ).toEqual([
    '',
    '               platform : linux-64',
    '           channel URLs : a',
    '                          b',
    '',
  ]);
});

test('settings in conda’s half YAML', () => {
  const settings = new Map<string, SettingValue>([
    ['always_yes', null],
    ['auto_activate', true],
    ['bld_path', ''],
    [
      'channel_settings',
      [
        { channel: 'https://a/*', auth: 'basic', verify: true },
        { channel: 'b', auth: null },
      ],
    ],
    ['channels', ['mini']],
    ['custom', { 'pkgs/main': 'https://repo' }],
    ['custom_multichannels', { defaults: ['a', 'b'], local: [] }],
    ['denylist', []],
    ['proxies', {}],
    ['timeout', 9.15],
  ]);
  expect(formatSettings(settings)).toEqual([
    'always_yes: None',
    'auto_activate: True',
    'bld_path: ',
    'channel_settings:',
    '  - channel: https://a/*',
    '    auth: basic',
    '    verify: True',
    '  - channel: b',
    '    auth: None',
    'channels:',
    '  - mini',
    'custom:',
    '  pkgs/main: https://repo',
    'custom_multichannels:',
    '  defaults: ',
    '    - a',
    '    - b',
    '  local: ',
    'denylist: []',
    'proxies: {}',
    'timeout: 9.15',
  ]);
});

test('actions hold only what happens', () => {
  const install = record('package 0.2.0 h_0', { noarch: 'python', subdir: 'noarch' });
  const json = actionsToJson({
    transaction: { prefix: '/e', unchanged: [], operations: [{ kind: 'link', install }] },
    fetch: [install],
    isDryRun: true,
  });
  expect(json).toEqual({
    success: true,
    actions: {
      FETCH: [
        {
          name: 'package',
          version: '0.2.0',
          build: 'h_0',
          build_number: 0,
          channel: 'http://localhost/mini/noarch',
          subdir: 'noarch',
          fn: 'package-0.2.0-h_0.conda',
          url: 'http://localhost/mini/noarch/package-0.2.0-h_0.conda',
          depends: [],
          constrains: [],
          noarch: 'python',
          package_type: 'noarch_python',
        },
      ],
      PREFIX: '/e',
      LINK: [
        {
          base_url: 'http://localhost/mini',
          build_number: 0,
          build_string: 'h_0',
          channel: 'mini',
          dist_name: 'package-0.2.0-h_0',
          name: 'package',
          platform: 'noarch',
          version: '0.2.0',
        },
      ],
    },
    prefix: '/e',
    dry_run: true,
  });
});
