import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { indexChannel } from '../../src/publish/index.ts';
import { type Home, makeHome } from '../helpers/cli.ts';
import { makePackage } from '../helpers/make-package.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

let home: Home;
let work: string;
let channel: string;
let server: TestServer;
beforeAll(async () => {
  home = makeHome();
  mkdirSync(home.directory, { recursive: true });
  work = mkdtempSync(path.join(tmpdir(), 'tconda-stale-'));
  channel = path.join(work, 'channel');
  server = await startServer(work, { headers: { 'cache-control': 'max-age=36000' } });
});
afterAll(async () => {
  await server.close();
  home.remove();
  rmSync(work, { recursive: true, force: true });
});

async function publish(...packages: readonly string[]): Promise<void> {
  for (const text of packages) {
    // oxlint-disable-next-line no-await-in-loop -- one index after the other
    await makePackage(path.join(channel, 'noarch'), text);
  }
  await indexChannel(channel);
}

/** Runs a command on the channel, and says what the server was asked for meanwhile. */
async function ask(...args: readonly string[]) {
  server.reset();
  const { code, stdout, stderr } = await home.tconda(...args, '-O', '-c', `${server.url}/channel`);
  return { code, stdout, stderr, indexes: server.paths().filter((at) => at.includes('repodata')) };
}

test('a typed name that a fresh index lacks is looked for once more, by every command', async () => {
  await publish('first 1.0 0');
  expect(await ask('search', 'first')).toMatchObject({ code: 0 });
  expect(await ask('search', 'first')).toMatchObject({ code: 0, indexes: [] });

  await publish('second 1.0 0');
  const search = await ask('search', 'second');
  expect([search.code, search.stdout]).toEqual([0, expect.stringContaining('second')]);
  expect(search.indexes).not.toEqual([]);
  expect(await ask('search', 'second')).toMatchObject({ code: 0, indexes: [] });

  await publish('third 1.0 0');
  const query = await ask('repoquery', 'search', 'th*rd');
  expect([query.code, query.stdout]).toEqual([0, expect.stringContaining('third')]);
  expect(await ask('repoquery', 'depends', 'third')).toMatchObject({ code: 0, indexes: [] });

  await publish('fourth 1.0 0');
  expect((await ask('create', '-y', '-n', 'one', 'fourth')).code).toBe(0);

  // What came from elsewhere, and is in the channel by now.
  const { file } = await makePackage(path.join(work, 'elsewhere'), 'fifth 1.0 0');
  expect((await home.tconda('install', '-y', '-n', 'one', file)).code).toBe(0);
  await publish('fifth 2.0 0');
  const outdated = await ask('outdated', '-n', 'one');
  expect([outdated.code, outdated.stdout]).toEqual([1, expect.stringMatching(/fifth +1\.0 .*2\.0/)]);
  expect(await ask('outdated', '-n', 'one')).toMatchObject({ code: 1, indexes: [] });

  // Not where the user said so.
  await publish('sixth 1.0 0');
  expect(await ask('search', '-C', 'sixth')).toMatchObject({ code: 1, indexes: [] });
  expect(await ask('search', '--offline', 'sixth')).toMatchObject({ code: 1, indexes: [] });
  const typo = await ask('search', 'sixht');
  expect([typo.code, typo.stderr]).toEqual([1, expect.stringContaining('sixth')]);
});
