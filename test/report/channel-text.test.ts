import { expect, test } from 'vitest';

import { channelColumn, channelName } from '../../src/report/channel-text.ts';
import { distToJson, formatCanonicalDist } from '../../src/report/dist-json.ts';
import { record } from './records.ts';

test.each([
  ['https://conda.anaconda.org/conda-forge', 'conda-forge', 'conda-forge'],
  ['https://conda.anaconda.org/conda-forge/label/dev', 'conda-forge/label/dev', 'conda-forge/label/dev'],
  // Members of a group have names of their own.
  ['https://repo.anaconda.com/pkgs/main', 'defaults', 'pkgs/main'],
  ['https://repo.anaconda.com/pkgs/r', 'defaults', 'pkgs/r'],
  ['file:///opt/build/local', 'mine', 'local'],
  // Of a URL that nothing configures, the path; of a folder, the last part.
  ['https://example.org/team/a', 'https://example.org/team/a', 'team/a'],
  ['http://127.0.0.1:8080/mini', 'http://127.0.0.1:8080/mini', 'mini'],
  ['https://example.org/conda/team', 'https://example.org/conda/team', 'team'],
  ['s3://bucket/team', 's3://bucket/team', 'team'],
  ['file:///opt/channels/mini', 'file:///opt/channels/mini', 'mini'],
  ['', '<unknown>', '<unknown>'],
  ['https://conda.anaconda.org/pypi', 'pypi', 'pypi'],
])('%s, seen as %s, is named %s', (channel, schannel, name) => {
  expect(channelName({ channel, schannel })).toBe(name);
});

test('JSON names the member, and the canonical form the group', () => {
  const numpy = record('numpy 2.0 py_0', {
    channel: 'https://repo.anaconda.com/pkgs/main',
    schannel: 'defaults',
  });
  expect(distToJson(numpy)).toMatchObject({
    base_url: 'https://repo.anaconda.com/pkgs/main',
    channel: 'pkgs/main',
    dist_name: 'numpy-2.0-py_0',
  });
  expect(formatCanonicalDist(numpy)).toBe('defaults/linux-64::numpy-2.0-py_0');
});

test.each([
  ['defaults', undefined, ''],
  ['defaults', true, 'defaults'],
  ['defaults', false, ''],
  ['conda-forge', undefined, 'conda-forge'],
  ['conda-forge', false, ''],
])('the column of %s with show_channel_urls %s', (schannel, shown, text) => {
  expect(channelColumn({ schannel }, shown)).toBe(text);
});
