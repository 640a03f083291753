import fc from 'fast-check';
import { expect, test, vi } from 'vitest';

import { TcondaError } from '../../src/errors.ts';
import { parseChannel } from '../../src/model/channel.ts';
import { formatDistName, type RepoDataRecord } from '../../src/model/package-record.ts';
import type { Resolution, UpdateModifier } from '../../src/model/request.ts';
import { DEFAULT_CHANNEL_SETTINGS } from '../../src/model/spec-channel.ts';
import { solveRequest } from '../../src/solve/index.ts';
import type * as PruneCandidates from '../../src/solve/prune-candidates.ts';
import { gatherRequest } from '../../src/specs/index.ts';
import { installed as asInstalled, pkg, repodataOf } from '../helpers/pkg.ts';

const pool = vi.hoisted(() => ({ isWhole: false }));
vi.mock('../../src/solve/prune-candidates.ts', async (load) => {
  const real = await load<typeof PruneCandidates>();
  const firmSpecs: typeof real.firmSpecs = (...args) => (pool.isWhole ? [] : real.firmSpecs(...args));
  const markHopeless: typeof real.markHopeless = (table, ...rest) =>
    pool.isWhole ? new Uint8Array(table.candidates.length) : real.markHopeless(table, ...rest);
  return { ...real, firmSpecs, markHopeless };
});

const NAMES = ['python', 'a', 'b', 'c', 'd', 'e'];
const CHANNELS = ['https://conda.example/first', 'https://conda.example/second'];
const versions = ['', '', ' >=2', ' <2', ' 1.*', ' 3.*', ' !=2.0', ' >=4', ' * x*'];
const spec = fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...versions)).map((parts) => parts.join(''));
const record = fc
  .record({
    name: fc.constantFrom(...NAMES),
    version: fc.constantFrom('1.0', '2.0', '2.1', '3.0'),
    build: fc.constantFrom('x_0', 'x_1', 'y_0'),
    channel: fc.constantFrom(...CHANNELS),
    subdir: fc.constantFrom('linux-64', 'noarch'),
    depends: fc.uniqueArray(spec, { maxLength: 3 }),
    constrains: fc.uniqueArray(spec, { maxLength: 1 }),
    timestamp: fc.nat(3),
    isTracked: fc.integer({ min: 0, max: 3 }).map((value) => value === 0),
  })
  .map(({ name, version, build, isTracked, ...fields }) =>
    pkg(`${name} ${version} ${build}`, { ...fields, ...(isTracked ? { track_features: ['f'] } : {}) }),
  );
const question = fc.record({
  records: fc.uniqueArray(record, { minLength: 3, maxLength: 24, selector: ({ url }) => url }),
  specs: fc.uniqueArray(spec, { maxLength: 3 }),
  present: fc.array(fc.nat(23), { maxLength: 4 }),
  pinned: fc.uniqueArray(spec, { maxLength: 1 }),
  channelPriority: fc.constantFrom('strict', 'flexible', 'disabled'),
  updateModifier: fc.constantFrom<UpdateModifier>(
    'freeze-installed',
    'update-specs',
    'update-all',
    'update-deps',
  ),
  resolution: fc.constantFrom<Resolution>('highest', 'lowest', 'lowest-direct'),
  order: fc.infiniteStream(fc.nat()),
});

test('the answer is that of the whole pool, in whatever order records and subdirs come', async () => {
  await fc.assert(
    fc.asyncProperty(question, async ({ records, specs, present, pinned, order, ...options }) => {
      const chosen = present.flatMap((place) => records[place] ?? []);
      const installed = [...new Map(chosen.map((one) => [one.name, asInstalled(one)])).values()];
      const history = new Map(installed.slice(0, 2).map(({ name }) => [name as string, name as string]));
      const prefix = { prefix: '/env', exists: true, records: installed, history, pinned };
      const channels = CHANNELS.map((url) => parseChannel(url, DEFAULT_CHANNEL_SETTINGS));
      const input = {
        command: 'install',
        specs,
        channels,
        subdirs: ['linux-64', 'noarch'],
        ...options,
      } as const;
      const request = orNone(() => gatherRequest(input, prefix));
      fc.pre(request !== undefined);
      const ask = async (all: readonly RepoDataRecord[], isTurned = false): Promise<readonly string[]> => {
        const repodata = repodataOf(...CHANNELS.map((url) => all.filter(({ channel }) => channel === url)));
        const subdirs = isTurned ? repodata.subdirs.toReversed() : repodata.subdirs;
        const world = { repodata: { subdirs }, installed, virtualPackages: [] };
        const answer = await solveRequest(request, world);
        return answer.kind === 'solved'
          ? answer.records.map((one) => `${one.schannel}::${formatDistName(one)}`)
          : ['no', ...answer.notFound.map(({ name }) => name), ...answer.explanation];
      };
      const answer = await ask(records);
      const keys = new Map(records.map((one) => [one, order.next().value]));
      const mixed = records.toSorted((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0));
      expect(await ask(mixed, true)).toEqual(answer);
      pool.isWhole = true;
      try {
        expect(await ask(records)).toEqual(answer);
      } finally {
        pool.isWhole = false;
      }
    }),
    { numRuns: 300 },
  );
});

/** A pin and a request that contradict each other are no question. */
function orNone<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof TcondaError && error.code === 'PIN_CONFLICT') return undefined;
    throw error;
  }
}
