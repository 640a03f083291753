import { expect, test } from 'vitest';

import type { ProgressEvent } from '../../src/model/event.ts';
import { NO_PROGRESS, reduceProgress } from '../../src/report/progress.ts';
import { formatFinished, formatProgress } from '../../src/report/progress-lines.ts';
import { textWidth } from '../../src/report/text-width.ts';
import { record } from './records.ts';

const zlib = record('zlib 1.3 h0_0', { size: 4096 });
const numpy = record('numpy-with-a-name-that-is-far-too-long-for-it 2.0 py312h1234567_0', { size: 0 });
const view = { columns: 80, rows: 20, frame: 1, speed: 2_097_152 };
const after = (...events: readonly ProgressEvent[]) => events.reduce(reduceProgress, NO_PROGRESS);

test('counts what is done, and forgets a phase that ended', () => {
  const state = after(
    { kind: 'phase-started', phase: 'fetch', total: 3 },
    { kind: 'download-progress', record: zlib, bytes: 1024 },
    { kind: 'download-progress', record: zlib, bytes: 1024 },
    { kind: 'fetched', record: numpy, fromCache: true },
    { kind: 'phase-started', phase: 'extract' },
    { kind: 'extracted', record: numpy, fromCache: false },
  );
  expect(formatProgress(state, view)).toEqual([
    '⠙ Downloading packages  1/3  ━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌             2 KB  2.0 MB/s',
    '⠙ Extracting packages     1',
    '  zlib 1.3                   ━━━━━━━━━━━━╌╌╌╌╌╌╌╌╌╌╌╌        2 of 4 KB',
  ]);
  const fetch = state.phases.get('fetch');
  expect(fetch && formatFinished('fetch', { ...fetch, done: 3 })).toBe(
    'Downloading packages: done (2 fetched, 2 KB; 1 from cache)',
  );
  const ended = reduceProgress(state, { kind: 'phase-finished', phase: 'fetch' });
  expect([...ended.phases.keys()]).toEqual(['extract']);
});

test('what is to come in all gives a share and a time, without what turns out to be in the cache', () => {
  const state = after(
    {
      kind: 'planned',
      transaction: {
        prefix: '/env',
        unchanged: [],
        operations: [zlib, record('big 1.0', { size: 10_485_760 }), record('here 1.0', { size: 5000 })].map(
          (install) => ({ kind: 'link', install }),
        ),
      },
    },
    { kind: 'phase-started', phase: 'fetch', total: 3 },
    { kind: 'fetched', record: record('here 1.0', { size: 5000 }), fromCache: true },
    { kind: 'download-progress', record: record('big 1.0', { size: 10_485_760 }), bytes: 5_242_880 },
  );
  expect(state.expectedBytes).toBe(10_485_760 + 4096);
  expect(formatProgress(state, { ...view, speed: 524_288 })).toEqual([
    '⠙ Downloading packages  1/3  ━━━━━━━━━╌╌╌╌╌╌╌╌╌   5.0 of 10.0 MB  512 KB/s  0:11',
    '  big 1.0                    ━━━━━━━━━╌╌╌╌╌╌╌╌╌   5.0 of 10.0 MB',
  ]);
  expect(formatProgress(state, { ...view, columns: 39, speed: 524_288 })).toEqual([
    '⠙ Downloading packages  1/3      5.0 MB',
    '  big 1.0                5.0 of 10.0 MB',
  ]);
});

test('a network that gives nothing is told of, and work that takes its time', () => {
  const loading = after(
    { kind: 'phase-started', phase: 'fetch', total: 3 },
    { kind: 'download-progress', record: zlib, bytes: 1024 },
  );
  expect(formatProgress(loading, { ...view, speed: 0, silence: 12.3 })[0]).toContain('nothing for 12 s');
  const solving = after({ kind: 'phase-started', phase: 'solve' });
  expect(formatProgress(solving, { ...view, age: () => 1 })).toEqual(['⠙ Solving environment']);
  expect(formatProgress(solving, { ...view, age: () => 75 })).toEqual(['⠙ Solving environment  1:15']);
});

test('a phase without anything to do leaves no line', () => {
  expect(formatFinished('fetch', { total: 0, done: 0, cached: 0, bytes: 0 })).toBeUndefined();
  expect(formatFinished('solve', { total: undefined, done: 0, cached: 0, bytes: 0 })).toBe(
    'Solving environment: done',
  );
});

test.each([20, 40, 80, 200])('no line is wider than %i columns, nor are there too many', (columns) => {
  const state = after(
    { kind: 'phase-started', phase: 'fetch', total: 1000 },
    { kind: 'download-progress', record: zlib, bytes: 1024 },
    { kind: 'download-progress', record: numpy, bytes: 1_234_567_890 },
  );
  const lines = formatProgress(state, { ...view, columns, rows: 2 });
  expect(lines).toHaveLength(2);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
});

test.each([3, 20, 40, 61, 80])('wide and hostile names take no more than %i columns', (columns) => {
  const names = ['構建構建構建構建構建構建構建構建構建', 'a\u001b[2J', '👩‍👩‍👧'.repeat(20), 'e\u0301'.repeat(60)];
  const state = after(
    ...names.map((build, index) => ({
      kind: 'download-progress' as const,
      record: { ...record(`name${index} 1.0 0`, { size: 4096 }), build, fn: `${index}` },
      bytes: 1024,
    })),
  );
  const lines = formatProgress(state, { ...view, columns });
  expect(lines).toHaveLength(5);
  expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(columns);
  expect(lines.join('')).not.toContain('\u001b');
});
