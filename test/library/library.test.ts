import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import {
  createEnvironment,
  installPackages,
  type LibraryOptions,
  loadPrefix,
  type ProgressEvent,
  removePackages,
  searchPackages,
  solve,
  updatePackages,
} from '../../src/index.ts';
import { currentHost } from '../../src/host/index.ts';
import { sampleChannel } from '../helpers/sample-channel.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { treeOf } from '../helpers/tree.ts';

let server: TestServer;
let directory: string;
let common: LibraryOptions;
let prefix: string;

beforeAll(async () => {
  server = await startServer(await sampleChannel());
});
afterAll(() => server.close());
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tconda-library-'));
  prefix = path.join(directory, 'env');
  const env = {
    PATH: process.env['PATH'],
    HOME: directory,
    TCONDA_ROOT_PREFIX: path.join(directory, 'root'),
  };
  const host = { ...currentHost(), home: directory, cwd: directory, env };
  common = { host, channels: [server.url], configFiles: [] };
});
afterEach(() => {
  server.reset();
  rmSync(directory, { recursive: true, force: true });
});

const namesIn = async (): Promise<readonly string[]> =>
  (await loadPrefix(prefix)).records.map(({ name, version }) => `${name} ${version}`);

describe('what the commands do', () => {
  test('create, install, update, remove', async () => {
    expect((await createEnvironment({ ...common, prefix, specs: ['ladder=1.9'] })).kind).toBe('changed');
    await installPackages({ ...common, prefix, specs: ['links'] });
    expect(await namesIn()).toEqual(['ladder 1.9', 'links 1.0']);
    await removePackages({ ...common, prefix, specs: ['links'] });
    expect(await namesIn()).toEqual(['ladder 1.9']);
    expect((await installPackages({ ...common, prefix, specs: ['ladder=1.9'] })).kind).toBe('unchanged');
    await installPackages({ ...common, prefix, specs: ['ladder'], input: { updateModifier: 'update-all' } });
    expect((await updatePackages({ ...common, prefix })).kind).toBe('unchanged');
  });

  test('an environment by name stands where the command line looks for it', async () => {
    const { transaction } = await createEnvironment({ ...common, name: 'named', specs: [] });
    expect(transaction.prefix).toBe(path.join(directory, 'root', 'envs', 'named'));
    expect(existsSync(path.join(transaction.prefix, 'conda-meta', 'history'))).toBe(true);
  });

  test('an environment that is there is an error, stays, goes or gets more', async () => {
    const make = (whenThere?: 'keep' | 'replace' | 'update', specs = ['links']) =>
      createEnvironment({ ...common, prefix, specs, ...(whenThere && { whenThere }) });
    await make(undefined, ['ladder=1.9']);
    await expect(make()).rejects.toMatchObject({ code: 'INVALID_VALUE' });
    expect((await make('keep')).kind).toBe('unchanged');
    expect(await namesIn()).toEqual(['ladder 1.9']);
    await make('update');
    expect(await namesIn()).toEqual(['ladder 1.9', 'links 1.0']);
    await make('replace');
    expect(await namesIn()).toEqual(['links 1.0']);
  });

  test('a plan can be looked at, and refused', async () => {
    const planned = await createEnvironment({ ...common, prefix, specs: ['ladder'], dryRun: true });
    expect(planned.kind).toBe('planned');
    const refused = await createEnvironment({ ...common, prefix, specs: ['ladder'], confirm: () => false });
    expect(refused.kind).toBe('refused');
    expect(existsSync(prefix)).toBe(false);
  });

  test('solve and search', async () => {
    expect((await solve({ ...common, specs: ['greet=1.1'] })).map(({ name }) => name)).toContain('python');
    await expect(solve({ ...common, specs: ['ladder>77'] })).rejects.toMatchObject({
      code: 'UNSATISFIABLE',
    });
    expect((await searchPackages('lad*', common)).every(({ name }) => name === 'ladder')).toBe(true);
    expect(await searchPackages('nosuch', common)).toEqual([]);
  });

  test('what is not there is said', async () => {
    await expect(installPackages({ ...common, prefix, specs: ['ladder'] })).rejects.toMatchObject({
      code: 'PREFIX_NOT_FOUND',
    });
    await expect(
      createEnvironment({ ...common, prefix, files: [path.join(directory, 'no.yml')] }),
    ).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });

  test('calls at the same time know nothing of each other', async () => {
    const seen = [0, 1].map(() => new Set<string>());
    const channels = [[server.url], [pathToFileURL(await sampleChannel()).href]];
    await Promise.all(
      channels.map((own, index) =>
        createEnvironment({
          ...common,
          channels: own,
          prefix: `${prefix}${index}`,
          specs: ['ladder'],
          settings: { pkgs_dirs: [path.join(directory, `pkgs${index}`)] },
          onEvent: (event) => {
            if (event.kind === 'linked') seen[index]?.add(event.record.url.split(':')[0] ?? '');
          },
        }),
      ),
    );
    expect(seen.map((protocols) => [...protocols])).toEqual([['http'], ['file']]);
  });
});

describe('an AbortSignal', () => {
  const PHASES: readonly (readonly [string, (event: ProgressEvent) => boolean])[] = [
    ['loading indexes', (event) => event.kind === 'phase-started' && event.phase === 'repodata'],
    ['solving', (event) => event.kind === 'phase-started' && event.phase === 'solve'],
    ['the plan', (event) => event.kind === 'planned'],
    ['downloading', (event) => event.kind === 'download-progress'],
    ['fetching', (event) => event.kind === 'fetched'],
    ['extracting', (event) => event.kind === 'extracted'],
    ['the start of linking', (event) => event.kind === 'phase-started' && event.phase === 'link'],
    ['unlinking', (event) => event.kind === 'unlinked'],
    ['linking', (event) => event.kind === 'linked'],
    ['the end of linking', (event) => event.kind === 'phase-finished' && event.phase === 'link'],
  ];

  test.each(PHASES)('at %s leaves the environment as it was', async (_, isNow) => {
    await createEnvironment({ ...common, prefix, specs: ['ladder=1.9', 'links'] });
    const before = treeOf(prefix);
    const controller = new AbortController();
    const reason = new Error('enough');
    const change = installPackages({
      ...common,
      prefix,
      specs: ['ladder=1.10', 'greet', 'unicode'],
      signal: controller.signal,
      onEvent: (event) => {
        if (isNow(event)) controller.abort(reason);
      },
    });
    await expect(change).rejects.toBe(reason);
    expect(treeOf(prefix)).toEqual(before);
    // Nothing is in the way of the next one.
    await installPackages({ ...common, prefix, specs: ['ladder=1.10', 'unicode'] });
    expect(await namesIn()).toContain('ladder 1.10');
  });

  test('of a new environment leaves nothing', async () => {
    const controller = new AbortController();
    const change = createEnvironment({
      ...common,
      prefix,
      specs: ['greet', 'ladder'],
      signal: controller.signal,
      onEvent: ({ kind }) => {
        if (kind === 'linked') controller.abort();
      },
    });
    await expect(change).rejects.toMatchObject({ name: 'AbortError' });
    expect(existsSync(prefix)).toBe(false);
  });

  test('ends a download that does not go on', async () => {
    server.failAlways(/\.(?:conda|bz2)$/, { kind: 'stall', after: 100 });
    const began = Date.now();
    const signal = AbortSignal.timeout(1000);
    await expect(createEnvironment({ ...common, prefix, specs: ['ladder'], signal })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    expect(Date.now() - began).toBeLessThan(5000);
    expect(existsSync(prefix)).toBe(false);
  });

  test('that fired before ends at once', async () => {
    await expect(solve({ ...common, specs: ['ladder'], signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(server.requests).toEqual([]);
  });
});
