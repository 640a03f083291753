import { readdirSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { schemaProblems } from '../helpers/json-schema.ts';
import { FILE, isReady, jsonSession, loadSchema, PACKAGE } from '../helpers/json-session.ts';

const SCHEMAS = path.resolve(import.meta.dirname, '../../docs/json');

/** In this order: later ones see what earlier ones did. */
const CASES: readonly (readonly [schema: string, ...args: readonly string[]])[] = [
  ['list', 'list', '-n', 'env'],
  ['list', 'list', '-n', 'env', '--canonical'],
  ['list', 'list', '-n', 'env', '--explicit'],
  ['list', 'list', '-n', 'env', '--size'],
  ['revisions', 'list', '-n', 'env', '--revisions'],
  ['search', 'search', '*'],
  ['search-envs', 'search', '--envs', 'ladder'],
  ['env-list', 'env', 'list'],
  ['env-list', 'env', 'list', '--size'],
  ['info', 'info'],
  ['config-show', 'config', '--show'],
  ['config-describe', 'config', '--describe'],
  ['config-edit', 'config', '--get'],
  ['config-edit', 'config', '--set', 'always_yes', 'false'],
  ['tree', 'tree', '-n', 'env'],
  ['why', 'why', '-n', 'env', 'greet'],
  ['outdated', 'outdated', '-n', 'env'],
  ['diff', 'diff', 'env', 'other'],
  ['doctor', 'doctor', '-n', 'env'],
  ['repoquery', 'repoquery', 'depends', 'greet'],
  ['repoquery', 'repoquery', 'search', 'nosuch'],
  ['change', 'create', '-n', 'third', '--dry-run', 'greet'],
  ['change', 'create', '-n', 'third', 'greet'],
  ['change', 'install', '-n', 'third', 'greet'],
  ['change', 'update', '-n', 'env', '--all'],
  ['history', 'history', '-n', 'env'],
  ['change', 'undo', '-n', 'env'],
  ['change', 'remove', '-n', 'third', 'greet'],
  ['change', 'env', 'remove', '-n', 'third'],
  ['clean', 'clean', '--all', '--dry-run'],
  ['compare', 'compare', '-n', 'env', FILE],
  ['clone', 'create', '-n', 'copy', '--clone', 'env'],
  ['clone', 'rename', '-n', 'copy', 'renamed', '--dry-run'],
  ['clone', 'rename', '-n', 'copy', 'renamed'],
  ['init', 'init', '--dry-run', 'bash', 'zsh'],
  ['init', 'init', 'bash'],
  ['init', 'init', '--reverse', 'bash'],
  ['notices', 'notices'],
  ['auth', 'auth', 'login', 'http://127.0.0.1:9/x', '--token', 'secret'],
  ['auth', 'auth', 'status'],
  ['auth', 'auth', 'logout', 'http://127.0.0.1:9/x'],
  ...['list', 'inspect', 'verify', 'transmute', 'extract'].map(
    (name) => ['package', 'package', name, PACKAGE] as const,
  ),
  ['package', 'package', 'compress', PACKAGE.replace('.conda', ''), 'again.tar.bz2'],
  ['package', 'package', '-n', 'env', '--untracked'],
  ['plugins', 'plugins'],
  ['index', 'index', 'own'],
  ['freeze', 'freeze', '-n', 'renamed'],
  ['freeze', 'unfreeze', '-n', 'renamed'],
  ['local', 'local', 'env'],
  ['local', 'local'],
  ['local', 'local', '--unset'],
  ['env-vars', 'env', 'config', 'vars', 'set', '-n', 'env', 'A=1'],
  ['env-vars', 'env', 'config', 'vars', 'list', '-n', 'env'],
  ['env-vars', 'env', 'config', 'vars', 'unset', '-n', 'env', 'A'],
  ['commands', 'commands'],
  ['environment', 'export', '-n', 'env'],
  ['environment', 'env', 'export', '-n', 'env'],
  ['done', 'export', '-n', 'env', '--file', 'written.yml'],
  ['done', 'export', '-n', 'env', '--format', 'explicit'],
  ['done', 'export', '-n', 'env', '--format', 'requirements'],
  ['done', 'config', '--validate'],
  ['help', '--help'],
  ['help', 'list', '--help'],
  ['help', 'run', '-h'],
  ...['env', 'env config', 'env config vars', 'auth', 'repoquery', 'env -h'].map(
    (words) => ['help', ...words.split(' ')] as const,
  ),
  ['version', '--version'],
  ['version', '-V'],
  ['code', 'completion', 'fish'],
  ['code', 'shell', 'hook', '-s', 'zsh'],
  ['code', 'shell', 'activate', '-s', 'bash', 'env'],
  ['code', 'shell.bash', 'hook'],
  ['code', 'shell.posix', 'activate', 'env'],
  ['error', 'shell.posix', 'activate', 'nosuch'],
  ['error', 'shell.nosuch', 'hook'],
  ['error', 'list', '-n', 'nosuch'],
  ['error', 'install', '-n', 'env', 'nosuch'],
  ['error', 'install', '-n', 'env', 'ladder=77'],
  ['error', 'list', '--nosuch'],
  ['error', 'config', '--set', 'nosuch', '1'],
];

describe.runIf(isReady)('--json is one JSON value, as docs/json has it', () => {
  const session = jsonSession();

  test.each(CASES)('%s: %s %s %s %s %s', async (schema, ...args) => {
    const { stdout } = await session.home.tcondaIn(session.home.directory, ...args, '--json');
    expect(schemaProblems(JSON.parse(stdout), loadSchema(schema))).toEqual([]);
  });

  test('owns', async () => {
    const meta = path.join(session.home.prefix('env'), 'conda-meta', 'history');
    const { stdout } = await session.home.tconda('owns', meta, '--json');
    expect(schemaProblems(JSON.parse(stdout), loadSchema('owns'))).toEqual([]);
  });

  test('what a program prints is part of the value', async () => {
    const script = 'echo out; echo err >&2; exit 3';
    const { stdout } = await session.home.tconda('run', '--json', '-n', 'env', 'sh', '-c', script);
    expect(JSON.parse(stdout)).toEqual({
      success: false,
      exit_code: 3,
      signal: null,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  test('events', async () => {
    const schema = loadSchema('events');
    const made = await session.home.tconda('create', '-n', 'fourth', 'greet', '--json=events');
    const failed = await session.home.tconda('create', '-n', 'fifth', 'nosuch', '--json=events');
    for (const line of [made, failed].flatMap(({ stdout }) => stdout.trim().split('\n'))) {
      expect(schemaProblems(JSON.parse(line), schema)).toEqual([]);
    }
  });

  test('every schema is tried', () => {
    const tried = new Set([...CASES.map(([schema]) => schema), 'owns', 'events', 'program']);
    expect(
      readdirSync(SCHEMAS)
        .map((name) => name.replace('.schema.json', ''))
        .filter((name) => !tried.has(name)),
    ).toEqual([]);
  });
});

test('the validator finds what is wrong', () => {
  const schema = loadSchema('env-list');
  expect(schemaProblems({ envs: [], envs_details: {} }, schema)).toEqual([]);
  expect(schemaProblems({ envs: [1], envs_details: {} }, schema)).toEqual(['$.envs[0]: 1 is no string']);
  expect(schemaProblems({ envs: [] }, schema)).toEqual(['$: has no envs_details']);
  expect(schemaProblems({ envs: [], envs_details: {}, more: 1 }, schema)).toEqual(['$: may not have more']);
});
