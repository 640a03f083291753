import { expect, test } from 'vitest';
import * as yaml from 'yaml';

import { parseCondarc } from '../../src/config/condarc.ts';
import { parseSimpleCondarc } from '../../src/config/simple-condarc.ts';

const scalar = (value: unknown, line: number): object => ({ kind: 'scalar', value, line });

test('reads what most files consist of', () => {
  const text = [
    '# mine',
    'channels:',
    '  - conda-forge  # the best',
    '  - https://h.example/c #!top',
    '',
    'auto_activate_base: false',
    "ssl_verify: '/etc/ca.pem'",
    'channel_priority: strict #!final',
    'pkgs_dirs: [~/p, /q]',
    'pinned_packages:',
    '- numpy 1.26',
    'proxy_servers:',
    '',
  ].join('\n');
  expect(Object.fromEntries(parseSimpleCondarc(text) ?? [])).toEqual({
    channels: {
      kind: 'list',
      line: 2,
      items: [scalar('conda-forge', 3), { ...scalar('https://h.example/c', 4), flag: 'top' }],
    },
    auto_activate_base: scalar(false, 6),
    ssl_verify: scalar('/etc/ca.pem', 7),
    channel_priority: { ...scalar('strict', 8), flag: 'final' },
    pkgs_dirs: { kind: 'list', line: 9, items: [scalar('~/p', 9), scalar('/q', 9)] },
    pinned_packages: { kind: 'list', line: 10, items: [scalar('numpy 1.26', 11)] },
    proxy_servers: scalar(null, 12),
  });
  expect(parseCondarc(text, yaml)).toEqual({ kind: 'read', values: parseSimpleCondarc(text) });
});

test.each([
  'a: 1.5',
  'a: 0x10',
  'a: b: c',
  'a: &x y',
  'a: |\n  text',
  'a: {b: c}',
  'a:\n  b: c',
  'a: b\n  c',
  'a: "x\\n"',
  'a: 1\na: 2',
  '- a',
  'a: [b, [c]]',
  'a:\n  - b\n - c',
  'a:\n  - - b',
  'a:\n  - b: c',
  '---\na: b',
  'a:\tb',
  '%YAML 1.2',
])('leaves %j to a parser', (text) => {
  expect(parseSimpleCondarc(text)).toBeUndefined();
});
