import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createHttpClient, type HttpClient } from '../../src/io/http.ts';
import {
  loadNotices,
  loadViewedNotices,
  saveViewedNotices,
  wereNoticesShownLately,
} from '../../src/notices/index.ts';
import { formatNotices, noticeToJson } from '../../src/report/notices-text.ts';
import { channelAt } from '../helpers/channel.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const NOW = Date.UTC(2026, 4, 10, 12);
const DAY = 86_400_000;

let cacheDir: string;
let server: TestServer;
let http: HttpClient;
beforeEach(async () => {
  cacheDir = path.join(mkdtempSync(path.join(tmpdir(), 'tconda-notices-')), 'notices');
  server = await startServer();
  http = createHttpClient({ backoffFactor: 0 });
});
afterEach(async () => {
  await http.close();
  await server.close();
  rmSync(path.dirname(cacheDir), { recursive: true });
});

const load = (now = Date.now()) =>
  loadNotices([channelAt(`${server.url}/a`), channelAt(`${server.url}/b`)], {
    http,
    cacheDir,
    now: () => now,
  });

const notice = (fields: Record<string, unknown>) => ({
  id: '1',
  message: 'hello',
  level: 'info',
  created_at: '2026-05-09T10:11:12Z',
  expires_at: '2099-01-01T00:00:00Z',
  ...fields,
});

describe('loadNotices', () => {
  test('gathers what stands, of every channel, and keeps it for a day', async () => {
    const notices = [
      notice({}),
      notice({ id: '2', level: 'loud', message: 'red \u001b[31m\u202etext' }),
      notice({ id: '3', expires_at: '2020-01-01T00:00:00Z' }),
      { message: 'bare' },
      { id: 'no message' },
      'nothing',
    ];
    server.put('/b/notices.json', JSON.stringify({ notices }));
    const found = await load();
    expect(found.map(({ id, level, message }) => [id, level, message])).toEqual([
      ['1', 'info', 'hello'],
      ['2', 'info', 'red [31mtext'],
      ['undefined', 'info', 'bare'],
    ]);
    expect(found[0] && noticeToJson(found[0])).toEqual({
      id: '1',
      channel_name: `${server.url}/b`,
      message: 'hello',
      level: 'info',
      created_at: '2026-05-09T10:11:12Z',
      expired_at: '2099-01-01T00:00:00Z',
      interval: null,
    });
    expect(readdirSync(cacheDir).every((name) => /^[0-9a-f]{64}\.json$/.test(name))).toBe(true);

    server.put('/b/notices.json', JSON.stringify({ notices: [notice({})] }));
    // One of those that are kept has expired: then they are asked for again.
    expect(await load()).toHaveLength(1);
    server.reset();
    expect(await load()).toHaveLength(1);
    expect(server.paths()).toEqual(['/a/notices.json']);
    expect(await load(Date.now() + DAY)).toHaveLength(1);
    expect(server.paths().filter((at) => at.startsWith('/b'))).toHaveLength(1);
  });

  test.each([
    ['an error', { kind: 'status', status: 500 } as const],
    ['a redirect', { kind: 'redirect', to: '/elsewhere' } as const],
    ['no JSON', { kind: 'body', body: '<html>' } as const],
    ['null', { kind: 'body', body: 'null' } as const],
    ['a list', { kind: 'body', body: '[]' } as const],
    ['too much', { kind: 'body', body: `{"notices":[],"x":"${'x'.repeat(1024 * 1024)}"}` } as const],
    ['a broken connection', { kind: 'refuse' } as const],
  ])('takes %s for no notices', async (_, fault) => {
    server.put('/elsewhere', JSON.stringify({ notices: [notice({})] }));
    server.failAlways(/notices/, fault);
    expect(await load()).toEqual([]);
  });
});

describe('the log of notices', () => {
  test('knows what was shown, and when', async () => {
    expect(wereNoticesShownLately(cacheDir, NOW)).toBe(false);
    const shown = { id: 'a', channelName: 'c', message: 'm', level: 'info' as const };
    const one = { ...shown, createdAt: undefined, expiresAt: undefined, interval: undefined };
    await saveViewedNotices(cacheDir, [one], NOW);
    await saveViewedNotices(cacheDir, [{ ...one, id: 'b' }, one], NOW);
    expect([...loadViewedNotices(cacheDir)]).toEqual(['a', 'b']);
    expect(readFileSync(path.join(cacheDir, 'notices.cache'), 'utf8')).toBe('a\nb\n');
    expect(statSync(path.join(cacheDir, 'notices.cache')).mtimeMs).toBe(NOW);
    expect(wereNoticesShownLately(cacheDir, NOW + DAY - 1)).toBe(true);
    expect(wereNoticesShownLately(cacheDir, NOW + DAY)).toBe(false);
    await saveViewedNotices('/dev/null/x', [one], NOW);
    expect(existsSync('/dev/null/x')).toBe(false);
  });
});

describe('formatNotices', () => {
  const make = (id: string, channelName: string) => ({
    id,
    channelName,
    message: `message ${id}`,
    level: 'warning',
    createdAt: '2022-05-10T11:50:34+00:00',
    expiresAt: undefined,
    interval: undefined,
  });

  test('writes them below their channels', () => {
    expect(formatNotices([make('1', 'a'), make('2', 'b'), make('3', 'a')])).toEqual([
      '',
      'Channel "a" has the following notices:',
      '  [warning] -- Tue May 10 11:50:34 2022',
      '  message 1',
      '',
      '  [warning] -- Tue May 10 11:50:34 2022',
      '  message 3',
      '',
      '',
      'Channel "b" has the following notices:',
      '  [warning] -- Tue May 10 11:50:34 2022',
      '  message 2',
      '',
    ]);
  });

  test('says how many are left', () => {
    const lines = formatNotices([make('1', 'a'), make('2', 'b'), make('3', 'a')], 1);
    expect(lines.slice(-4)).toEqual([
      'There are 2 more messages. To retrieve them run:',
      '',
      'tconda notices',
      '',
    ]);
    expect(formatNotices([])).toEqual([]);
  });
});
