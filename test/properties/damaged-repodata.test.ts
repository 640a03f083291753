import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { encode } from '@msgpack/msgpack';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { TcondaError } from '../../src/errors.ts';
import { compressZstdSync } from '../helpers/zstd.ts';
import { parseRecord, type RawRecord } from '../../src/repodata/parse-record.ts';
import { receiveRepodata } from '../../src/repodata/receive-repodata.ts';
import { openRepodataFile } from '../../src/repodata/repodata-file.ts';
import { parseShard, parseShardIndex } from '../../src/repodata/shard-index.ts';
import { raw, repodataText } from '../helpers/channel.ts';
import { createRandom, type Random } from '../helpers/random.ts';

/** Another seed gives other damage: `TCONDA_FUZZ_SEED=7 npx vitest run test/properties/damaged-repodata.test.ts`. */
const SEED = Number(process.env['TCONDA_FUZZ_SEED'] ?? 20_260);
/** Those that go through files take longest. Together ten thousand. */
const FILE_RUNS = 1000;
const SHARD_RUNS = 7000 / 3;
/** Milliseconds. */
const LONGEST = 2000;

const RECORDS = [
  raw('zlib 1.3 h0_0', { depends: ['libc >=2.17', 'x'], license: 'Zlib', timestamp: 1_700_000_000_000 }),
  raw('zlib 1.2 h0_0', { depends: [], summary: 'a \\ "quoted" grüße \u0001' }, '.tar.bz2'),
  raw('python 3.12.1 h1_0_cpython', { depends: ['zlib'], noarch: null, track_features: 'a b' }),
  raw('__proto__ 1 0', { constructor: 'x', depends: ['[]{}",:'] }),
];
const INDEX = Buffer.from(
  repodataText(RECORDS, {
    removed: ['old-1-0.conda'],
    v3: { conda: { 'new-1-0': RECORDS[0]?.[1] }, 'tar.bz2': {} },
    repodata_version: 1,
    other: [1, -2.5e10, true, null, { deep: [[[{}]]] }],
  }),
);
const byExtension = (extension: string) =>
  Object.fromEntries(RECORDS.filter(([fn]) => fn.endsWith(extension) && !fn.startsWith('__')));
const SHARD = Buffer.from(
  encode({
    packages: byExtension('.tar.bz2'),
    'packages.conda': byExtension('.conda'),
    removed: ['x'],
    v3: { conda: {} },
  }),
);
const names = Array.from({ length: 30 }, (_, index) => `name-${index}`);
const SHARDS = Buffer.from(
  encode({
    version: 1,
    info: { base_url: '', shards_base_url: './shards/', subdir: 'linux-64' },
    shards: Object.fromEntries(names.map((name, index) => [name, Buffer.alloc(32, index)])),
  }),
);
/** What a parser may be most sensitive to. */
const TOKENS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '\\',
  '\\u',
  '\\ud800',
  '\u0000',
  '"packages":{',
  '"info":',
  '1e999',
  '-',
  '\u00ff\u00fe',
];
const BYTES = [
  0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc4, 0xc6, 0xc9, 0xd9, 0xdb, 0xdd, 0xdf, 0xff,
];

/** One to four wounds: bytes set, stretches cut out, doubled or moved, tokens put in, the end lost. */
function damage(random: Random, original: Buffer): Buffer {
  let bytes = Buffer.from(original);
  for (let wounds = 1 + random.below(4); wounds > 0; wounds -= 1) {
    const at = random.below(bytes.length);
    const length = random.below(random.next() < 0.8 ? 20 : bytes.length);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    switch (random.below(7)) {
      case 0:
        if (bytes.length > 0) bytes[at] = random.next() < 0.5 ? random.below(256) : random.pick(BYTES);
        break;
      case 1:
        bytes = Buffer.concat([before, after.subarray(length)]);
        break;
      case 2:
        bytes = Buffer.concat([before, after.subarray(0, length), after]);
        break;
      case 3:
        bytes = Buffer.concat([before, Buffer.from(random.pick(TOKENS)), after]);
        break;
      case 4:
        bytes = Buffer.concat([
          before,
          Buffer.from(Array.from({ length: 4 }, () => random.pick(BYTES))),
          after,
        ]);
        break;
      case 5:
        bytes = Buffer.concat([after, before]);
        break;
      default:
        if (random.next() < 0.3) bytes = Buffer.from(before);
    }
  }
  return bytes;
}

const PLACE = {
  channel: 'https://c.example',
  schannel: 'c',
  subdir: 'linux-64',
  baseUrl: 'https://c.example/x/',
};

function check(records: Iterable<readonly [string, RawRecord]>): void {
  for (const [fn, fields] of records) {
    const record = parseRecord(fn, fields, PLACE);
    if (record === undefined) continue;
    const isSound =
      record.depends.every((spec) => typeof spec === 'string') &&
      !['/', '\\', '\u0000'].some((char) => record.fn.includes(char)) &&
      (record.sha256 === undefined || /^[0-9a-f]{64}$/.test(record.sha256));
    if (!isSound) throw new Error(`an unsound record: ${JSON.stringify(record)}`);
  }
}

/** Runs `attempt` on damage of `original`, and says how often it was refused. Whatever else is thrown is the test's failure. */
async function attack(
  kind: number,
  runs: number,
  original: Buffer,
  attempt: (bytes: Buffer) => void | Promise<void>,
): Promise<number> {
  const random = createRandom(SEED + kind);
  let refused = 0;
  for (let run = 0; run < runs; run += 1) {
    const bytes = damage(random, original);
    const started = performance.now();
    try {
      await attempt(bytes);
    } catch (error) {
      if (!(error instanceof TcondaError)) {
        throw new Error(`run ${run} of seed ${SEED + kind}: ${bytes.toString('latin1')}`, { cause: error });
      }
      refused += 1;
    }
    if (performance.now() - started > LONGEST) throw new Error(`run ${run} of seed ${SEED + kind} took long`);
  }
  return refused;
}

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tconda-fuzz-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function openAndRead(file: string): Promise<void> {
  const opened = await openRepodataFile(file, undefined, 'index');
  try {
    for (const name of opened.names) check(opened.recordsOf(name));
    for (const key of ['info', 'repodata_version', 'removed']) opened.field(key);
  } finally {
    opened.close();
  }
}

describe('damaged indexes are read as far as they can be, or refused', () => {
  test('repodata.json', async () => {
    const file = path.join(directory, 'repodata.json');
    const refused = await attack(1, FILE_RUNS, INDEX, async (bytes) => {
      writeFileSync(file, bytes);
      await openAndRead(file);
    });
    expect(refused).toBeGreaterThan(FILE_RUNS / 10);
    expect(refused).toBeLessThan(FILE_RUNS);
  }, 60_000);

  test('repodata.json.zst as it arrives, damaged before and after it was packed', async () => {
    const file = path.join(directory, 'received.json');
    const receive = async (bytes: Buffer): Promise<void> => {
      const descriptor = openSync(file, 'w');
      try {
        await receiveRepodata(pieces(bytes), descriptor, { packing: 'zst', source: 'index', maxBytes: 1e9 });
      } finally {
        closeSync(descriptor);
      }
      await openAndRead(file);
    };
    expect(await attack(2, FILE_RUNS, INDEX, (bytes) => receive(compressZstdSync(bytes)))).toBeGreaterThan(
      FILE_RUNS / 10,
    );
    expect(await attack(3, FILE_RUNS, compressZstdSync(INDEX), receive)).toBeGreaterThan(FILE_RUNS / 2);
  }, 60_000);

  test('shards and their index', async () => {
    const shard = (bytes: Buffer): void => check(parseShard(bytes, 'shard'));
    const index = (bytes: Buffer): void => {
      const parsed = parseShardIndex(bytes, 'https://c.example/x/index');
      for (const name of parsed.names) {
        const hash = parsed.hashOf(name);
        if (hash !== undefined && !/^[0-9a-f]{64}$/.test(hash)) throw new Error(`an unsound digest: ${hash}`);
      }
    };
    expect(await attack(4, SHARD_RUNS, SHARD, (bytes) => shard(compressZstdSync(bytes)))).toBeGreaterThan(
      SHARD_RUNS / 10,
    );
    expect(await attack(5, SHARD_RUNS, SHARDS, (bytes) => index(compressZstdSync(bytes)))).toBeGreaterThan(
      SHARD_RUNS / 10,
    );
    expect(await attack(6, SHARD_RUNS, compressZstdSync(SHARD), shard)).toBeGreaterThan(SHARD_RUNS / 2);
  }, 60_000);

  test('without memory being held', () => {
    // All of the above in this process; what one run takes must not stay.
    expect(process.memoryUsage().rss).toBeLessThan(700 * 1024 * 1024);
  });
});

/** In pieces of different lengths, as a network has them. */
async function* pieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0, length = 1; at < bytes.length; at += length, length = (length * 7) % 61) {
    if (length === 0) length = 1;
    yield bytes.subarray(at, at + length);
  }
}
