import { expect, test } from 'vitest';

import { sortByDependencies } from '../../src/model/dependency-order.ts';
import { exportHeader, formatExplicitLine, formatExportLine } from '../../src/report/export-lines.ts';
import { formatPackageTable } from '../../src/report/package-table.ts';
import { TOOL } from '../../src/model/tool.ts';
import { record } from './records.ts';

const options = {
  prefix: '/envs/e1',
  showChannelUrls: undefined,
  fields: undefined,
  sizeOf: () => 1234,
  hasSizes: false,
};

test('the table has conda’s widths', () => {
  expect(
    formatPackageTable(
      [record('libgcc-ng 8.2.0 h0_0'), record('pip 24.0', { schannel: 'defaults' })],
      options,
    ),
  ).toEqual([
    '# packages in environment at /envs/e1:',
    '#',
    '# Name                     Version          Build            Channel',
    'libgcc-ng                  8.2.0            h0_0             mini',
    'pip                        24.0             0',
  ]);
});

test('columns widen to the longest value', () => {
  const lines = formatPackageTable(
    [record('a-package-with-a-very-long-name 2024.11.22.10.9.8.7 h123456789abcdef_0')],
    options,
  );
  expect(lines.slice(2)).toEqual([
    '# Name                             Version              Build               Channel',
    'a-package-with-a-very-long-name    2024.11.22.10.9.8.7  h123456789abcdef_0  mini',
  ]);
});

// The titles begin with `# `, so the rows have two columns more for names.
test.each([
  [22, 25],
  [23, 25],
  [24, 26],
  [30, 32],
])('a name of %i characters has room for %i', (length, room) => {
  const [header, row] = formatPackageTable([record(`${'n'.repeat(length)} 1.0`)], options).slice(2);
  expect([header?.indexOf('Version'), row?.indexOf('1.0')]).toEqual([room + 2, room + 2]);
});

test('chosen fields are as narrow as they can be', () => {
  const fields = ['name', 'version', 'license'];
  const records = [
    record('libgcc-ng 8.2.0', { license: 'GPL-3.0-only' }),
    record('python 3.11.2', { license: 'Python-2.0' }),
  ];
  expect(formatPackageTable(records, { ...options, fields }).slice(2)).toEqual([
    '# Name       Version  License',
    'libgcc-ng    8.2.0    GPL-3.0-only',
    'python       3.11.2   Python-2.0',
  ]);
});

test('fields say what conda’s say', () => {
  const one = record('noarchpy 1.0', {
    depends: ['python >=3.9', "a[build='x']"],
    constrains: ['six'],
    noarch: 'python',
    timestamp: 1757405814340,
    build_number: 0,
    subdir: 'noarch',
  });
  const rowOf = (field: string): string =>
    formatPackageTable([{ ...one, requested_specs: ['noarchpy', 'noarchpy>=1'] }], {
      ...options,
      fields: [field],
    })
      .slice(2)
      .join(' | ');
  expect(rowOf('depends')).toBe(`# Dependencies | ('python >=3.9', "a[build='x']")`);
  expect(rowOf('constrains')).toBe("# Constraints | ('six',)");
  expect(rowOf('noarch')).toBe('# Noarch | NoarchType.python');
  expect(rowOf('timestamp')).toBe('# Timestamp | 1757405814.34');
  expect(rowOf('build_number')).toBe('# Build number | ');
  expect(rowOf('channel')).toBe('# Channel URL | http://localhost/mini/noarch');
  expect(rowOf('requested_spec')).toBe('# Requested | noarchpy,noarchpy>=1');
  expect(rowOf('dist_str')).toBe('# Dist | mini/noarch::noarchpy-1.0-0');
  expect(rowOf('fn')).toBe('# Filename | noarchpy-1.0-0.conda');
  expect(rowOf('license_family')).toBe('# License family | ');
  expect(rowOf('size')).toBe('# Size | 1 KB');
});

test('the usual columns keep their widths with others beside them', () => {
  const fields = ['name', 'version', 'build', 'channel_name', 'size', 'subdir'];
  expect(formatPackageTable([record('pip 24.0')], { ...options, fields, totalSize: 5000 })).toEqual([
    '# packages in environment at /envs/e1:',
    '# environment size: 5 KB',
    '#',
    '# Name                     Version          Build            Channel  Size  Subdir',
    'pip                        24.0             0                mini  1 KB  linux-64',
  ]);
});

test('show_channel_urls decides about the channel', () => {
  const lines = (showChannelUrls: boolean): string | undefined =>
    formatPackageTable([record('pip 24.0', { schannel: 'defaults' })], { ...options, showChannelUrls }).at(
      -1,
    );
  expect(lines(true)).toMatch(/ defaults$/);
  expect(lines(false)).toMatch(/ 0$/);
});

test('the lines of the two lists', () => {
  const zlib = record('zlib 1.3 h0_0', { md5: 'a'.repeat(32) as never, sha256: 'b'.repeat(64) as never });
  expect(formatExportLine(zlib)).toBe('zlib=1.3=h0_0');
  expect(formatExplicitLine(zlib, undefined)).toBe('http://localhost/mini/linux-64/zlib-1.3-h0_0.conda');
  expect(formatExplicitLine(zlib, 'md5')).toBe(`${zlib.url}#${'a'.repeat(32)}`);
  expect(formatExplicitLine(zlib, 'sha256')).toBe(`${zlib.url}#${'b'.repeat(64)}`);
  expect(formatExplicitLine({ ...zlib, url: '' }, 'md5')).toBe('# no URL for: zlib-1.3-h0_0.conda');
  expect(exportHeader('osx-64').slice(2)).toEqual([
    '# platform: osx-64',
    `# created-by: ${TOOL.name} ${TOOL.version}`,
  ]);
});

test('an explicit list stands in conda’s order', () => {
  const sorted = sortByDependencies([
    record('zlib', { depends: ['libgcc-ng >=7.3.0'] }),
    record('python', { depends: ['libgcc-ng >=7.3.0', 'pip'] }),
    record('prefixed', { depends: ['python >=3.11', 'zlib[version=">=1"]'] }),
    record('pip', { depends: ['python >=3.7'] }),
    record('package'),
    record('noarchpy', { depends: ['python'] }),
    record('libgcc-ng'),
    record('dummy-b', { depends: ['__unix'] }),
  ]);
  expect(sorted.map(({ name }) => name).join(' ')).toBe(
    'dummy-b package libgcc-ng python zlib noarchpy pip prefixed',
  );
});
