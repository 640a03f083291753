import { expect, test } from 'vitest';

import type { ProgressEvent } from '../../src/model/event.ts';
import { describeEvent } from '../../src/report/event-text.ts';
import { record } from './records.ts';

const zlib = record('zlib 1.3 h0_0');
const transaction = { prefix: '/envs/e1', unchanged: [], operations: [] };

const TOLD: readonly (readonly [ProgressEvent, ...texts: readonly (string | undefined)[]])[] = [
  [{ kind: 'warning', code: 'x', text: 'look' }, 'warning: look', 'warning: look', 'warning: look'],
  [{ kind: 'message', text: 'hear' }, 'hear', 'hear', 'hear'],
  [
    { kind: 'repodata-loaded', channel: 'mini', subdir: 'noarch', fromCache: true },
    undefined,
    'mini/noarch: index from the cache',
    '[1.500] mini/noarch: index from the cache',
  ],
  [
    { kind: 'fetched', record: zlib, fromCache: false },
    undefined,
    `fetched ${zlib.url}`,
    `[1.500] fetched ${zlib.url}`,
  ],
  [
    { kind: 'linked', record: zlib },
    undefined,
    'linked mini/linux-64::zlib-1.3-h0_0',
    '[1.500] linked mini/linux-64::zlib-1.3-h0_0',
  ],
  [
    { kind: 'phase-started', phase: 'link', total: 3 },
    undefined,
    undefined,
    '[1.500] link: started, 3 to do',
  ],
  [{ kind: 'planned', transaction }, undefined, undefined, '[1.500] planned 0 operations in /envs/e1'],
  [{ kind: 'download-progress', record: zlib, bytes: 7 }, undefined, undefined, undefined],
];

test.each(TOLD.map(([event, ...texts]) => ({ event, texts })))('$event.kind', ({ event, texts }) => {
  expect([0, 1, 2].map((verbosity) => describeEvent(event, verbosity, 1.5))).toEqual(texts);
});

test('every piece of a download at the third', () => {
  const text = describeEvent({ kind: 'download-progress', record: zlib, bytes: 7 }, 3, 0.0123);
  expect(text).toBe(`[0.012] ${zlib.fn}: 7 bytes`);
});

test('what a script prints can do nothing to a terminal', () => {
  const event = {
    kind: 'script-ran',
    record: zlib,
    action: 'post-link',
    script: '/p/bin/x.sh',
    returncode: 0,
    output: 'a\n\u001b[2Jb',
  } as const;
  const text = describeEvent(event, 1, 0);
  expect(text).toMatch(/^post-link script of zlib \(\/p\/bin\/x\.sh\) ended with 0\na\n/);
  expect(text).not.toContain('\u001b');
});
