import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { extractArchive, readPackageInfo } from '../../src/archive/index.ts';
import { TcondaError } from '../../src/errors.ts';
import { compressZstdSync } from '../helpers/zstd.ts';
import { bzip2, condaMembers, gnuLong, infoMembers, pax, rawTar, rawZip } from '../helpers/raw-archive.ts';

/** How a file is damaged: bytes set, a stretch cut out, a stretch put in. */
const damage = fc.record({
  set: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 }),
  cut: fc.option(fc.tuple(fc.nat(), fc.nat({ max: 600 })), { freq: 3 }),
  put: fc.option(fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 40 })), { freq: 5 }),
});

const TAR = rawTar([
  ...infoMembers(),
  { path: 'lib/', type: '5', mode: 0o755 },
  { path: 'lib/a', content: 'content '.repeat(80) },
  { path: 'lib/link', type: '2', target: 'a' },
  { path: 'lib/hard', type: '1', target: 'lib/a' },
  gnuLong('L', `long/${'x'.repeat(150)}`),
  { path: 'x', content: 'long' },
  pax({ path: 'grüße', 'GNU.sparse.map': '2,2', 'GNU.sparse.size': '10' }),
  { path: 'x', content: 'sp' },
]);
const BODY = TAR.subarray(2048);

/** Each damages what it is made of, so that the damage gets past the checksums of what lies around it. */
const TARGETS: readonly (readonly [string, Buffer, (bytes: Buffer) => Uint8Array])[] = [
  ['a .tar.bz2', bzip2(TAR), (bytes) => bytes],
  ['a .conda', rawZip(condaMembers(BODY, rawTar(infoMembers()))), (bytes) => bytes],
  ['the tar of a .tar.bz2', TAR, bzip2],
  ['the tar of a .conda', BODY, (bytes) => rawZip(condaMembers(bytes, rawTar(infoMembers())))],
  [
    'the zstd of a .conda',
    compressZstdSync(BODY),
    (bytes) => {
      const [metadata, pkg, info] = condaMembers(BODY, rawTar(infoMembers()));
      return rawZip(
        [metadata, pkg && { ...pkg, content: bytes }, info].filter((member) => member !== undefined),
      );
    },
  ],
];

let parent: string;
beforeAll(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'tconda-damaged-'));
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

/** What one archive may take at most, on a machine that does much else. Sound ones take a few milliseconds. */
const SECONDS = 20;
/** How much more memory may be held after all of them than before: the window of zstd, and buffers. */
const MEGABYTES = 400;

const LIMITS = { bytes: 1 << 20, ratio: 1000, unsuspicious: 1024 ** 3, members: 100, pathLength: 4096 };

// 10 000 archives in all.
test.each(TARGETS)(
  '%s, however damaged, is extracted inside or refused',
  async (_, whole, wrap) => {
    const file = path.join(parent, 'damaged-1.0-0.archive');
    const directory = path.join(parent, 'package');
    const outcomes = { extracted: 0, refused: 0 };
    const before = process.resourceUsage().maxRSS;
    await fc.assert(
      fc.asyncProperty(damage, async ({ set, cut, put }) => {
        let bytes = Buffer.from(whole);
        for (const [at, value] of set) bytes[at % bytes.length] = value;
        if (cut !== null)
          bytes = Buffer.concat([
            bytes.subarray(0, cut[0] % bytes.length),
            bytes.subarray((cut[0] % bytes.length) + cut[1]),
          ]);
        if (put !== null)
          bytes = Buffer.concat([
            bytes.subarray(0, put[0] % (bytes.length + 1)),
            put[1],
            bytes.subarray(put[0] % (bytes.length + 1)),
          ]);
        writeFileSync(file, wrap(bytes));
        mkdirSync(directory);
        const started = performance.now();
        try {
          const results = await Promise.allSettled([
            extractArchive(file, directory, { limits: LIMITS }),
            readPackageInfo(file),
          ]);
          for (const result of results) {
            outcomes[result.status === 'rejected' ? 'refused' : 'extracted'] += 1;
            if (result.status === 'rejected' && !(result.reason instanceof TcondaError)) throw result.reason;
          }
          expect(readdirSync(parent).toSorted()).toEqual(['damaged-1.0-0.archive', 'package']);
          expect(performance.now() - started).toBeLessThan(SECONDS * 1000);
        } finally {
          rmSync(directory, { recursive: true });
        }
      }),
      { numRuns: Number(process.env['TCONDA_FUZZ_RUNS'] ?? 2000) }, // oxlint-disable-line node/no-process-env -- more by night
    );
    expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(MEGABYTES);
    expect(Math.min(outcomes.extracted, outcomes.refused)).toBeGreaterThan(0);
  },
  300_000,
);
