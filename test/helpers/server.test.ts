import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { startServer, type TestServer } from './server.ts';

let directory: string;
let server: TestServer;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tconda-server-'));
  await writeFile(path.join(directory, 'file.txt'), '0123456789');
  server = await startServer(directory, { gzip: true });
});
afterEach(() => server.reset());
afterAll(async () => {
  await server.close();
  await rm(directory, { recursive: true });
});
const get = (at: string, headers: Record<string, string> = {}) => fetch(`${server.url}${at}`, { headers });

describe('startServer', () => {
  test('serves a directory and what was put, and records who asked', async () => {
    server.put('/made/up.txt', 'put');
    expect(await (await get('/file.txt')).text()).toBe('0123456789');
    expect(await (await get('/made/up.txt?x=1')).text()).toBe('put');
    expect((await get('/../../etc/passwd')).status).toBe(404);
    expect(server.paths()).toEqual(['/file.txt', '/made/up.txt?x=1', '/etc/passwd']);
  });

  test('answers 304 and ranges', async () => {
    const etag = (await get('/file.txt')).headers.get('etag') ?? '';
    expect((await get('/file.txt', { 'if-none-match': etag })).status).toBe(304);
    const part = await get('/file.txt', { range: 'bytes=4-', 'if-range': etag });
    expect([part.status, await part.text()]).toEqual([206, '456789']);
    const whole = await get('/file.txt', { range: 'bytes=4-', 'if-range': '"other"' });
    expect([whole.status, await whole.text()]).toEqual([200, '0123456789']);
    expect((await get('/file.txt', { range: 'bytes=10-' })).status).toBe(416);
  });

  test('misbehaves in the order it was told', async () => {
    server.fail('/file.txt', { kind: 'status', status: 503 }, { kind: 'body', body: 'wrong' });
    server.fail('/file.txt', { kind: 'cut', after: 3 }, { kind: 'refuse' }, { kind: 'length', length: 20 });
    const plain = { 'accept-encoding': 'identity' };
    expect((await get('/file.txt')).status).toBe(503);
    expect(await (await get('/file.txt')).text()).toBe('wrong');
    await expect(get('/file.txt', plain).then((response) => response.text())).rejects.toThrow(TypeError);
    await expect(get('/file.txt', plain)).rejects.toThrow(TypeError);
    await expect(get('/file.txt', plain).then((response) => response.text())).rejects.toThrow(TypeError);
    expect(await (await get('/file.txt')).text()).toBe('0123456789');
  });
});
