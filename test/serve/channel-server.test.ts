import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ChannelServer, type ServedRequest, startChannelServer } from '../../src/serve/index.ts';

let directory: string;
let server: ChannelServer;
const seen: ServedRequest[] = [];

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'tconda-serve-'));
  const channel = path.join(directory, 'channel');
  mkdirSync(path.join(channel, 'noarch'), { recursive: true });
  writeFileSync(path.join(channel, 'noarch/repodata.json'), '0123456789');
  writeFileSync(path.join(channel, 'noarch/empty.txt'), '');
  writeFileSync(path.join(channel, 'noarch/a b+1.conda'), 'spaced');
  writeFileSync(path.join(channel, '.hidden'), 'hidden');
  writeFileSync(path.join(directory, 'outside.txt'), 'outside');
  symlinkSync('../outside.txt', path.join(channel, 'escape.txt'));
  symlinkSync('noarch/repodata.json', path.join(channel, 'inside.json'));
  server = await startChannelServer({ directory: channel, maxAge: 7, onRequest: (one) => seen.push(one) });
});
afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

const INDEX = '/noarch/repodata.json';
const get = (at: string, headers: Record<string, string> = {}) => fetch(`${server.url}${at}`, { headers });

describe('startChannelServer', () => {
  test('gives whole files with what a cache wants to know', async () => {
    const answer = await get(`${INDEX}?x=1`);
    expect([answer.status, await answer.text()]).toEqual([200, '0123456789']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-length': '10',
      'content-type': 'application/json',
      'cache-control': 'public, max-age=7',
      'accept-ranges': 'bytes',
    });
    expect(await (await get('/noarch/a%20b+1.conda')).text()).toBe('spaced');
    expect(await (await get('/inside.json')).text()).toBe('0123456789');
    expect(await (await get('/noarch/empty.txt')).text()).toBe('');
    expect(seen.find(({ path: asked }) => asked === INDEX)).toMatchObject({ method: 'GET', status: 200 });
  });

  test('answers HEAD without a body', async () => {
    const answer = await fetch(`${server.url}${INDEX}`, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-length'), await answer.text()]).toEqual([
      200,
      '10',
      '',
    ]);
  });

  test.each([
    ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
    ['bytes=4-5', 206, '45', 'bytes 4-5/10'],
    ['bytes=4-99', 206, '456789', 'bytes 4-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=10-', 416, '', 'bytes */10'],
    ['bytes=-0', 416, '', 'bytes */10'],
    ['bytes=5-4', 200, '0123456789', null],
    ['bytes=0-1,4-5', 200, '0123456789', null],
    ['lines=1-2', 200, '0123456789', null],
  ])('answers the range %s', async (range, status, body, contentRange) => {
    const answer = await get(INDEX, { range });
    expect([answer.status, await answer.text(), answer.headers.get('content-range')]).toEqual([
      status,
      body,
      contentRange,
    ]);
  });

  test('answers conditions', async () => {
    const first = await get(INDEX);
    await first.text();
    const etag = first.headers.get('etag') ?? '';
    const modified = first.headers.get('last-modified') ?? '';
    const old = 'Thu, 01 Jan 2015 00:00:00 GMT';
    const status = async (headers: Record<string, string>) => (await get(INDEX, headers)).status;
    expect(await status({ 'if-none-match': etag })).toBe(304);
    expect(await status({ 'if-none-match': `"x", W/${etag}` })).toBe(304);
    expect(await status({ 'if-none-match': '*' })).toBe(304);
    expect(await status({ 'if-none-match': '"x"', 'if-modified-since': modified })).toBe(200);
    expect(await status({ 'if-modified-since': modified })).toBe(304);
    expect(await status({ 'if-modified-since': old })).toBe(200);
    expect(await status({ 'if-match': '"x"' })).toBe(412);
    expect(await status({ range: 'bytes=1-', 'if-range': etag })).toBe(206);
    expect(await status({ range: 'bytes=1-', 'if-range': modified })).toBe(206);
    expect(await status({ range: 'bytes=1-', 'if-range': '"x"' })).toBe(200);
  });

  test.each([
    '/',
    '/noarch',
    '/noarch/',
    '/absent',
    '/.hidden',
    '/escape.txt',
    '/../outside.txt',
    '/%2e%2e/outside.txt',
    '/..%2foutside.txt',
    '/noarch/..%5c..%5coutside.txt',
    '/noarch/%00',
    '/%zz',
    '//etc/passwd',
  ])('has nothing at %s', async (at) => {
    // Not with fetch: that would tidy the path before it sends it.
    const status = await new Promise((resolve, reject) => {
      const { hostname, port } = new URL(server.url);
      request({ hostname, port, path: at }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(404);
  });

  test('takes nothing', async () => {
    const answer = await fetch(`${server.url}${INDEX}`, { method: 'PUT', body: 'x' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  test('says when it cannot listen', async () => {
    const port = Number(new URL(server.url).port);
    await expect(startChannelServer({ directory, port })).rejects.toMatchObject({ code: 'INVALID_VALUE' });
    await expect(startChannelServer({ directory: path.join(directory, 'none') })).rejects.toMatchObject({
      code: 'INVALID_VALUE',
    });
  });
});
