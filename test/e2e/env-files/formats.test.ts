import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { DEBIAN, makeHome } from '../../helpers/cli.ts';
import { sampleChannel } from '../../helpers/sample-channel.ts';
import { startServer } from '../../helpers/server.ts';
import { CHANNEL, makeProject, type Project } from './project.ts';

const isReady = existsSync(DEBIAN);
let home: Project['home'];
let project: Project['project'];
let ok: Project['ok'];
let write: Project['write'];
let setOf: Project['setOf'];

beforeAll(() => {
  if (!isReady) return;
  ({ home, project, ok, write, setOf } = makeProject());
});
afterAll(() => {
  if (isReady) home.remove();
});

describe.runIf(isReady)('environments and the formats of files', () => {
  test('the same without pip, out of JSON, requirements and the explicit list', async () => {
    await ok('create', '-n', 'plain', 'jq', 'lua');
    for (const [name, format] of [
      ['environment.json', 'environment-json'],
      ['spec.txt', 'requirements'],
      ['explicit.txt', 'explicit'],
    ] as const) {
      await ok('export', '-n', 'plain', '--format', format, '--file', name);
      await ok('create', '-n', format, '--file', name);
      expect(await setOf(format)).toEqual(await setOf('plain'));
    }
  }, 120_000);

  test('--from-history has what was asked for, with bounds if wanted', async () => {
    const shown = await ok('env', 'export', '-n', 'plain', '--from-history');
    expect(shown).toContain(`channels:\n  - ${CHANNEL}\ndependencies:\n  - jq\n  - lua\nprefix: `);
    const bounded = await ok('export', '-n', 'plain', '--from-history', '--bounds');
    expect(bounded).toContain('dependencies:\n  - jq >=1.6,<2\n  - lua >=5.4.4,<6\n');
    writeFileSync(path.join(project, 'bounded.yml'), bounded);
    await ok('env', 'create', '-n', 'bounded', '-f', 'bounded.yml');
    expect(await setOf('bounded')).toEqual(await setOf('plain'));
  });

  test('export --platform solves what was asked for again', async () => {
    const other = makeHome('other', { CONDA_CHANNELS: pathToFileURL(await sampleChannel()).href });
    try {
      expect(await other.tconda('create', '-n', 'e', 'greet 1.0.0', 'ladder <1.9')).toMatchObject({
        code: 0,
      });
      const { stdout } = await other.tconda(
        'export',
        '-n',
        'e',
        '--platform',
        'osx-arm64',
        '--format',
        'explicit',
      );
      expect(stdout).toContain('# platform: osx-arm64\n');
      expect(stdout).toMatch(/\/osx-arm64\/python-3\.12\.7-h2_0_cpython\.tar\.bz2\n/);
      expect(stdout).toMatch(/\/noarch\/greet-1\.0\.0-py_0\.tar\.bz2\n/);
      expect(stdout).not.toContain('linux-64');
      const twice = await other.tconda(
        'export',
        '-n',
        'e',
        '--platform',
        'osx-64',
        '--platform',
        'osx-arm64',
      );
      expect(twice.code).toBe(1);
      expect(twice.stderr).toContain('Multiple platforms are not supported');
    } finally {
      other.remove();
    }
  });

  test('archives by URL, in a list and in a lock file, with what the URL says of the user', async () => {
    const server = await startServer(DEBIAN, {
      authorize: ({ headers }) =>
        headers.authorization === `Basic ${Buffer.from('me:secret').toString('base64')}`,
    });
    try {
      const listed = await ok('list', '-n', 'plain', '--explicit', '--sha256');
      const own = server.url.replace('://', '://me:secret@');
      const remote = listed.replaceAll(CHANNEL, own);
      write('private.txt', [remote]);
      await ok('create', '-n', 'private', '--file', 'private.txt', '--copy');
      expect(await ok('list', '-n', 'private', '--explicit')).not.toContain('secret');
      const lines = remote.split('\n').filter((line) => line.startsWith('http'));
      const packages = lines.map((line) => {
        const [url = '', sha256 = ''] = line.split('#');
        const name = path.basename(url).replace(/-[^-]+-[^-]+$/, '');
        return `  - { name: ${name}, version: "0", manager: conda, platform: linux-64, url: "${url}", hash: { sha256: ${sha256} } }`;
      });
      write('conda-lock.yml', ['version: 1', 'metadata: { platforms: [linux-64] }', 'package:', ...packages]);
      await ok('create', '-n', 'locked', '--file', 'conda-lock.yml');
      const names = (set: unknown): unknown => (set as string[]).map((one) => one.split(' ').at(-1));
      expect(names(await setOf('locked'))).toEqual(names(await setOf('plain')));
    } finally {
      await server.close();
    }
  });

  test('files come by URL, in UTF-16 and several at once; the command line and the name win over a prefix', async () => {
    const inPrefix = path.join(project, 'by prefix');
    const plan = async (...args: readonly string[]): Promise<readonly unknown[]> => {
      const { prefix, actions } = JSON.parse(await ok('create', '--dry-run', '--json', ...args)) as {
        prefix: string;
        actions: { LINK: { name: string; channel: string }[] };
      };
      return [prefix, ...actions.LINK.map(({ name }) => name).toSorted()];
    };
    write('a.yml', ['name: a', 'prefix: ./by prefix', 'dependencies: [lua]']);
    write('b.yml', ['prefix: ./by prefix', 'dependencies: [libyaml]']);
    const text = readFileSync(path.join(project, 'b.yml'), 'utf8');
    writeFileSync(path.join(project, 'wide.yml'), Buffer.from(`\uFEFF${text}`, 'utf16le'));
    const server = await startServer();
    server.put('/env.yml', text);
    try {
      const libyaml = [inPrefix, ...(await plan('-n', 'x', 'libyaml')).slice(1)];
      expect(await plan('-f', 'b.yml')).toEqual(libyaml);
      expect(await plan('-f', 'wide.yml')).toEqual(libyaml);
      expect(await plan('-f', `${server.url}/env.yml`)).toEqual(libyaml);
      expect((await plan('-f', 'a.yml'))[0]).toBe(home.prefix('a'));
      const both = await plan('-f', 'a.yml', '-f', 'b.yml', '-n', 'mine', 'oniguruma');
      expect(both).toEqual(expect.arrayContaining([home.prefix('mine'), 'lua', 'libyaml', 'oniguruma']));
    } finally {
      await server.close();
    }
  });
});
