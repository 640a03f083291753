import { expect, test } from 'vitest';

import { parseSimpleCondarc } from '../../src/config/simple-condarc.ts';

const scalar = (value: unknown): object => ({ kind: 'scalar', value });

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
      items: [scalar('conda-forge'), { ...scalar('https://h.example/c'), flag: 'top' }],
    },
    auto_activate_base: scalar(false),
    ssl_verify: scalar('/etc/ca.pem'),
    channel_priority: { ...scalar('strict'), flag: 'final' },
    pkgs_dirs: { kind: 'list', items: [scalar('~/p'), scalar('/q')] },
    pinned_packages: { kind: 'list', items: [scalar('numpy 1.26')] },
    proxy_servers: scalar(null),
  });
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
