import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, run, SAMPLE } from '../helpers/cli.ts';
import { startServer } from '../helpers/server.ts';

const EXAMPLES = path.resolve(import.meta.dirname, '../../docs/examples');
const channel = pathToFileURL(SAMPLE).href;
const isReady = existsSync(CLI) && existsSync(SAMPLE);
const tried = new Set<string>();
let home: Home;
let prefix: string;

beforeEach(() => {
  home = makeHome();
  prefix = path.join(home.directory, 'env');
});
afterEach(() => home.remove());

/** Runs an example by the name that it is published under, and gives what it printed. */
async function example(name: string, ...args: readonly string[]): Promise<readonly string[]> {
  tried.add(`${name}.mjs`);
  const ran = await run(process.execPath, [path.join(EXAMPLES, `${name}.mjs`), ...args], home.env);
  expect(ran.stderr).toBe('');
  return ran.stdout.trim().split('\n');
}

describe.runIf(isReady)('programs of docs/examples', () => {
  test('make an environment and change it', async () => {
    expect(await example('create-environment', channel, prefix, 'ladder=1.9', 'links')).toEqual([
      'changed: 1 packages',
      'ladder 1.9',
    ]);
    expect(await example('read-environment', prefix)).toEqual([
      expect.stringMatching(/^ladder 1\.9: asked for as ladder=1\.9; \d+ bytes; needs 0$/),
    ]);
  });

  test('solve, for another platform too, and say why not', async () => {
    const solved = await example('solve-only', channel, 'linux-64', 'greet=1.1');
    expect(solved).toContain('greet 1.1.0 pyhd_0');
    expect(solved).toHaveLength(4);
    expect(await example('solve-only', channel, 'win-64', 'ladder=1.9')).toEqual(['ladder 1.9 0']);
    expect((await example('solve-only', channel, 'linux-64', 'nosuch'))[0]).toMatch(/^PACKAGES_NOT_FOUND: /);
  });

  test('search', async () => {
    expect(await example('search-channel', channel, 'ladder>=1,<1.10')).toContain(
      `ladder 1.9 0 ${channel}/noarch/ladder-1.9-0.conda`,
    );
  });

  test('show progress', async () => {
    const lines = await example('show-progress', channel, prefix, 'ladder', 'links');
    expect(lines.filter((line) => line.endsWith(' ...'))).toEqual(
      ['repodata', 'solve', 'fetch', 'extract', 'link'].map((phase) => `${phase} ...`),
    );
    expect(lines).toContain('2 changes');
    expect(lines).toContain('  ladder');
  });

  test('give up in time', async () => {
    const server = await startServer(SAMPLE);
    server.failAlways(/\.(?:conda|bz2)$/, { kind: 'stall', after: 100 });
    const gaveUp = await example('abort', server.url, prefix, '2000', 'ladder');
    await server.close();
    expect(gaveUp).toEqual(['gave up; the environment is not there']);
    expect(await example('abort', channel, prefix, '60000', 'ladder')).toEqual(['done in time']);
  });

  test('lock and install', async () => {
    expect(await example('lock-and-install', channel, prefix, 'linux-64', 'greet=1.1')).toEqual([
      '4 packages locked, 4 installed',
    ]);
  });

  test('have a channel of their own', async () => {
    expect(await example('own-channel', path.join(home.directory, 'channel'))).toEqual([
      'noarch/hello-1.0-0.conda',
      expect.stringMatching(/^hello 1\.0 of \d+ bytes$/),
    ]);
  });

  test('are all tried', () => {
    expect(readdirSync(EXAMPLES).filter((name) => name.endsWith('.mjs') && !tried.has(name))).toEqual([]);
  });
});
