import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { channelCredentials, createCredentials } from '../../src/io/auth.ts';
import { createHttpClient } from '../../src/io/http.ts';
import { Secret } from '../../src/model/secret.ts';
import { channelAt, raw, repodataText, writeChannel } from '../helpers/channel.ts';
import { startServer } from '../helpers/server.ts';
import { compressZstdSync } from '../helpers/zstd.ts';
import { CLOSURE, files, LINUX, NOARCH, useServedChannel } from './served-channel.ts';

const world = useServedChannel();

describe('a cached index', () => {
  const zst = (records = LINUX) => compressZstdSync(Buffer.from(repodataText(records)));

  test('is asked for no more while it is fresh, then checked, then replaced', async () => {
    await world.load({}, { localRepodataTtl: 60 });
    expect(world.server.paths().length).toBe(4);
    world.server.reset();
    world.time += 59_000;
    expect(files(await world.load({}, { localRepodataTtl: 60 }))).toEqual(CLOSURE);
    expect(world.server.requests).toEqual([]);
    world.time += 2000;
    await world.load({}, { localRepodataTtl: 60 });
    expect(world.server.requests.map(({ path: at, status }) => `${at} ${status}`).toSorted()).toEqual([
      '/ch/linux-64/repodata.json 304',
      '/ch/noarch/repodata.json 304',
    ]);
    world.server.reset();
    await world.load({}, { localRepodataTtl: 60 });
    expect(world.server.requests).toEqual([]);
    await writeFile(
      world.served('ch', 'linux-64', 'repodata.json'),
      repodataText([...LINUX, raw('numpy 2 0')]),
    );
    world.time += 61_000;
    expect(files(await world.load({}, { localRepodataTtl: 60 }))).toContain('numpy-2-0.conda');
  });

  test('is good for as long as the server said', async () => {
    await world.server.close();
    world.server = await startServer(path.join(world.directory, 'served'), {
      headers: { 'cache-control': 'public, max-age=30' },
    });
    await world.load();
    world.server.reset();
    world.time += 29_000;
    await world.load();
    expect(world.server.requests).toEqual([]);
    world.time += 2000;
    await world.load();
    expect(world.server.requests.length).toBe(2);
  });

  test('is asked for once more when a typed name is not in it', async () => {
    const longAgo = { localRepodataTtl: 1000 };
    await world.load({}, longAgo);
    world.server.reset();
    await world.load({ names: ['new'] }, longAgo);
    expect(world.server.requests).toEqual([]);
    await world.load({ names: ['new'], typed: ['new'] }, { ...longAgo, useIndexCache: true });
    await world.load({ names: ['new'], typed: ['new'] }, { ...longAgo, offline: true });
    await world.load({ names: ['zlib'], typed: ['zlib'] }, longAgo);
    expect(world.server.requests).toEqual([]);
    expect(files(await world.load({ names: ['new'], typed: ['new'] }, longAgo))).toEqual([]);
    expect(world.server.requests.filter(({ status }) => status !== 404).map(({ status }) => status)).toEqual([
      304, 304,
    ]);
    await writeChannel(world.served('ch'), { 'linux-64': [...LINUX, raw('new 1 0')], noarch: NOARCH });
    expect(files(await world.load({ names: ['new'], typed: ['new'] }, longAgo))).toEqual(['new-1-0.conda']);
  });

  test('is kept as conda keeps it', async () => {
    await writeFile(world.served('ch', 'linux-64', 'repodata.json.zst'), zst());
    await world.load();
    expect(
      (await readdir(world.cache)).map((name) => name.replace(/^[0-9a-f]{8}/, 'HASH')).toSorted(),
    ).toEqual([
      'HASH.info.json',
      'HASH.info.json',
      'HASH.json',
      'HASH.json',
      'HASH.tconda-index',
      'HASH.tconda-index',
    ]);
    const states = await Promise.all(
      (await readdir(world.cache))
        .filter((name) => name.endsWith('.info.json'))
        .map(
          async (name) =>
            JSON.parse(await readFile(path.join(world.cache, name), 'utf8')) as Record<string, unknown>,
        ),
    );
    const state = states.find(({ url }) => String(url).endsWith('linux-64/repodata.json.zst'));
    expect(state).toMatchObject({
      has_zst: { value: true, last_checked: '2023-11-14T22:13:20.000Z' },
      size: repodataText(LINUX).length,
      cache_control: '',
      mod: expect.stringContaining('GMT'),
      etag: expect.stringMatching(/^"/),
    });
    expect(state?.['refresh_ns']).toBe(world.time * 1e6);
  });

  test('asks for .zst once and not again for a week when there is none', async () => {
    await world.load();
    expect(world.server.paths().filter((at) => at.endsWith('.zst')).length).toBe(2);
    world.server.reset();
    world.time += 6 * 24 * 3600 * 1000;
    await world.load();
    expect(world.server.paths().filter((at) => at.endsWith('.zst'))).toEqual([]);
    world.time += 8 * 24 * 3600 * 1000;
    await world.load();
    expect(world.server.paths().filter((at) => at.endsWith('.zst')).length).toBe(2);
  });

  test('does not send the validator of one form to the other', async () => {
    await writeFile(world.served('ch', 'linux-64', 'repodata.json.zst'), zst());
    await world.load();
    await rm(world.served('ch', 'linux-64', 'repodata.json.zst'));
    world.server.reset();
    expect(files(await world.load())).toEqual(CLOSURE);
    const plain = world.server.requests.find(({ path: at }) => at === '/ch/linux-64/repodata.json');
    expect([plain?.status, plain?.headers['if-none-match']]).toEqual([200, undefined]);
  });

  test('falls back from damaged .zst to .json', async () => {
    await writeFile(world.served('ch', 'linux-64', 'repodata.json.zst'), zst().subarray(0, 100));
    expect(files(await world.load())).toEqual(CLOSURE);
  });

  test('stays when a new one is damaged, cut off or not to be had', async () => {
    await world.load();
    const file = world.served('ch', 'linux-64', 'repodata.json');
    const before = await readFile(file);
    for (const content of ['<html>login</html>', repodataText(LINUX).slice(0, -5)]) {
      await writeFile(file, content);
      world.time += 1000;
      expect(files(await world.load())).toEqual(CLOSURE);
    }
    expect(world.warnings()).toEqual(['stale-repodata', 'stale-repodata']);
    await writeFile(file, before);
    await utimes(file, 1, 1);
    world.server.failAlways(/linux-64/, { kind: 'status', status: 503 });
    expect(files(await world.load())).toEqual(CLOSURE);
    world.server.reset();
    world.server.failAlways(/linux-64/, { kind: 'cut', after: 10 });
    expect(files(await world.load())).toEqual(CLOSURE);
    expect((await readdir(world.cache)).filter((name) => /tmp|lock/.test(name))).toEqual([]);
  });

  test('is an error when it is damaged and there is no other', async () => {
    await writeFile(world.served('ch', 'linux-64', 'repodata.json'), '<html>login</html>');
    await expect(world.load()).rejects.toMatchObject({
      code: 'REPODATA_CORRUPT',
      message: `The index ${world.server.url}/ch/linux-64/repodata.json is damaged: an object should be at byte 0, not "<html>login</html>"`,
    });
    expect(
      (await readdir(world.cache)).filter((name) => name.endsWith('.json') && !name.includes('info')).length,
    ).toBe(1);
  });

  test('is fetched anew when someone damaged it', async () => {
    await world.load({}, { localRepodataTtl: 600 });
    for (const name of await readdir(world.cache)) {
      if (/^[0-9a-f]+\.json$/.test(name)) {
        const { atime, mtime } = await stat(path.join(world.cache, name));
        await writeFile(path.join(world.cache, name), 'x');
        await utimes(path.join(world.cache, name), atime, mtime);
      }
    }
    expect(files(await world.load({}, { localRepodataTtl: 600 }))).toEqual(CLOSURE);
  });

  test('serves offline however old it is, and says what is not there', async () => {
    await world.load();
    world.time += 1e10;
    world.server.reset();
    const offline = createHttpClient({ offline: true });
    expect(files(await world.load({}, { offline: true, http: offline }))).toEqual(CLOSURE);
    expect(world.server.requests).toEqual([]);
    const other = await world.load(
      { channels: [channelAt(`${world.server.url}/other`)] },
      { offline: true, http: offline },
    );
    expect(other.subdirs.map(({ kind }) => kind)).toEqual(['missing', 'missing']);
    expect(world.warnings()).toEqual(['no-cached-repodata', 'no-cached-repodata']);
    expect(files(await world.load({}, { useIndexCache: true }))).toEqual(CLOSURE);
    expect(world.server.requests).toEqual([]);
  });

  test('is made once by processes that want it together', async () => {
    await Promise.all(Array.from({ length: 6 }, () => world.load({}, { localRepodataTtl: 600 })));
    const bodies = world.server.requests.filter(
      ({ path: at, status }) => at.endsWith('repodata.json') && status === 200,
    );
    expect(bodies.length).toBe(2);
  });

  test('of a channel with a login is not that of the channel without', async () => {
    const open = channelAt(`${world.server.url}/ch`);
    await world.load({ channels: [open] });
    const mine = { ...open, credentials: { token: new Secret('tk-1') } };
    await world.load({ channels: [mine] });
    const entries = channelCredentials([mine]);
    const known = createHttpClient({ credentials: createCredentials({ entries }) });
    await expect(world.load({ channels: [mine], names: ['x'] }, { http: known })).rejects.toMatchObject({
      message: `HTTP 404 Not Found for channel ${world.server.url}/ch <${world.server.url}/ch>`,
    });
    await known.close();
    expect(world.server.paths().at(-1)).toContain('/t/tk-1/ch/');
    for (const name of await readdir(world.cache)) {
      expect(name + (await readFile(path.join(world.cache, name), 'latin1'))).not.toContain('tk-1');
    }
    expect((await readdir(world.cache)).filter((name) => name.endsWith('.info.json')).length).toBe(4);
  });

  test('is not needed where nothing can be written', async () => {
    await mkdir(path.join(world.directory, 'pkgs'));
    await writeFile(world.cache, 'a file');
    expect(files(await world.load())).toEqual(CLOSURE);
  });
});
