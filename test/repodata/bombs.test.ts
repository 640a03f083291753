import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

import { encodeBzip2 } from '../../src/archive/bzip2-encode.ts';
import { createHttpClient } from '../../src/io/http.ts';
import { compressZstdSync } from '../helpers/zstd.ts';
import { loadRepodata } from '../../src/repodata/index.ts';
import { channelAt, raw, repodataText } from '../helpers/channel.ts';

const MIB = 1024 * 1024;
/** An index of this size that packs to nearly nothing. */
const SIZE = 300 * MIB;
const ENDLESS = Buffer.concat([
  Buffer.from('{"info": {}, "x": "'),
  Buffer.alloc(SIZE, ' '),
  Buffer.from('"}'),
]);

type Answer = { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };
const answers = new Map<string, Answer>();
let server: Server;
let directory: string;
let channel: string;
beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'tconda-bombs-'));
  mkdirSync(path.join(directory, 'cache'));
  answers.clear();
  server = createServer((request, response) => {
    const found = answers.get(path.posix.basename(request.url ?? ''));
    response.writeHead(found ? 200 : 404, found?.headers).end(found?.body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  channel = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ch`;
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
  rmSync(directory, { recursive: true });
});

/** Loads, and says how large the files in the cache got meanwhile, and how much memory was taken. */
async function measure(maxBytes?: number) {
  const http = createHttpClient({ maxRetries: 0 });
  const cache = path.join(directory, 'cache');
  const before = process.memoryUsage().rss;
  let bytes = 0;
  let memory = 0;
  const watch = setInterval(() => {
    for (const name of readdirSync(cache)) {
      bytes = Math.max(bytes, statSync(path.join(cache, name), { throwIfNoEntry: false })?.size ?? 0);
    }
    memory = Math.max(memory, process.memoryUsage().rss - before);
  }, 2);
  try {
    const error: unknown = await loadRepodata(
      { channels: [channelAt(channel)], subdirs: ['linux-64'], names: ['x'] },
      { http, cacheDirs: [cache], now: () => 1e12, ...(maxBytes !== undefined && { maxBytes }) },
    ).catch((thrown: unknown) => thrown);
    return { error, bytes, memory, left: readdirSync(cache).filter((name) => !name.endsWith('.info.json')) };
  } finally {
    clearInterval(watch);
    await http.close();
  }
}

const packed = new Map<string, Answer & { readonly name: string }>();
beforeAll(() => {
  const encoded = (encoding: string, body: Buffer) =>
    packed.set(encoding, { name: 'repodata.json', headers: { 'content-encoding': encoding }, body });
  encoded('gzip', gzipSync(ENDLESS));
  encoded('deflate', deflateSync(ENDLESS));
  encoded('br', brotliCompressSync(ENDLESS.subarray(0, SIZE / 2)));
  encoded('zstd', compressZstdSync(ENDLESS));
  packed.set('.zst', { name: 'repodata.json.zst', headers: {}, body: compressZstdSync(ENDLESS) });
  const bzip2 = Buffer.concat([...encodeBzip2([ENDLESS.subarray(0, SIZE / 2)])]);
  packed.set('.bz2', { name: 'repodata.json.bz2', headers: {}, body: bzip2 });
}, 60_000);

test.each(['gzip', 'deflate', 'br', 'zstd', '.zst', '.bz2'])(
  'an index that %s blows up is refused early, and leaves nothing',
  async (kind) => {
    const bomb = packed.get(kind);
    if (bomb === undefined) throw new Error('no such bomb');
    expect(bomb.body.length * 100).toBeLessThan(SIZE / 2);
    answers.set(bomb.name, bomb);
    const { error, bytes, memory, left } = await measure();
    // Where there is another form, that is tried; here is none.
    expect(error).toMatchObject({
      code: expect.stringMatching(/^(?:HTTP_FAILED|REPODATA_CORRUPT)$/),
      message: expect.stringContaining('unpacks to more than 100 times its size'),
    });
    expect(error).toMatchObject({ message: expect.stringContaining(channel) });
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(80 * MIB);
    expect(memory).toBeLessThan(200 * MIB);
    expect(left).toEqual([]);
  },
  60_000,
);

test('an index may be as large as it was agreed, packed or not', async () => {
  const text = repodataText(Array.from({ length: 200 }, (_, number) => raw(`x ${number} 0`)));
  answers.set('repodata.json', { headers: {}, body: Buffer.from(text) });
  expect((await measure(text.length)).error).not.toBeInstanceOf(Error);
  answers.set('repodata.json.zst', { headers: {}, body: compressZstdSync(Buffer.from(text)) });
  rmSync(path.join(directory, 'cache'), { recursive: true });
  mkdirSync(path.join(directory, 'cache'));
  const refused = await measure(text.length - 1);
  expect(refused.error).toMatchObject({
    code: 'REPODATA_CORRUPT',
    message: `The index ${channel}/linux-64/repodata.json is damaged: it has more than ${text.length - 1} bytes`,
  });
  expect(refused.left).toEqual([]);
});
