import { expect, test } from 'vitest';

import { recordToJson } from '../../src/report/record-json.ts';
import { record } from './records.ts';

test('every field, under conda’s key, in its form and order', () => {
  const whole = record('zlib 1.3 h0_0', {
    noarch: 'python',
    subdir: 'noarch',
    md5: 'a'.repeat(32) as never,
    sha256: 'b'.repeat(64) as never,
    legacy_bz2_md5: 'c'.repeat(32) as never,
    legacy_bz2_size: 7,
    depends: ['libc'],
    extra_depends: { docs: ['sphinx'] },
    flags: ['cuda'],
    track_features: ['a', 'b'],
    features: 'c',
    python_site_packages_path: 'lib/site-packages',
    license: 'Zlib',
    license_family: 'Other',
    timestamp: 1_700_000_000_123,
    size: 12,
  });
  expect(Object.entries(recordToJson(whole))).toEqual(
    Object.entries({
      name: 'zlib',
      version: '1.3',
      build: 'h0_0',
      build_number: 0,
      channel: 'http://localhost/mini/noarch',
      subdir: 'noarch',
      fn: whole.fn,
      md5: whole.md5,
      legacy_bz2_md5: whole.legacy_bz2_md5,
      legacy_bz2_size: 7,
      url: whole.url,
      sha256: whole.sha256,
      depends: ['libc'],
      constrains: [],
      extra_depends: { docs: ['sphinx'] },
      flags: ['cuda'],
      track_features: 'a b',
      features: 'c',
      noarch: 'python',
      python_site_packages_path: 'lib/site-packages',
      license: 'Zlib',
      license_family: 'Other',
      package_type: 'noarch_python',
      timestamp: 1_700_000_000_123,
      size: 12,
    }),
  );
});

test('search names the architecture also where there is none', () => {
  expect(recordToJson(record('zlib 1.3'), true)).toMatchObject({ arch: null, platform: null });
  expect(recordToJson(record('zlib 1.3'))).not.toHaveProperty('arch');
});
