import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createHttpClient, type HttpClient } from '../../src/io/http.ts';
import type { Channel } from '../../src/model/channel.ts';
import { formatDistName, type RepoDataRecord } from '../../src/model/package-record.ts';
import type { PrefixData } from '../../src/model/prefix-record.ts';
import type { SpecInput } from '../../src/model/request.ts';
import { planTransaction } from '../../src/plan/index.ts';
import { loadRepodata } from '../../src/repodata/index.ts';
import { solveRequest } from '../../src/solve/index.ts';
import { consideredOf, gatherRequest, wantedNames } from '../../src/specs/index.ts';
import { channelIn } from '../helpers/channel.ts';
import { installed, virtualPkg } from '../helpers/pkg.ts';
import { sampleChannel } from '../helpers/sample-channel.ts';

let channel: Channel;
let cache: string;
let http: HttpClient;
beforeAll(async () => {
  channel = channelIn(await sampleChannel());
  cache = mkdtempSync(path.join(tmpdir(), 'tconda-prune-'));
  http = createHttpClient({});
}, 60_000);
afterAll(async () => {
  await http.close();
  rmSync(cache, { recursive: true, force: true });
});

const EMPTY: PrefixData = { prefix: '/p', exists: true, records: [], history: new Map(), pinned: [] };

/** Each of them can be installed with each other, if at all. */
const SPECS = `python, python 3.11.*, python <3.12.7, zlib-like, zlib-like 1.2.13, greet, greet 1.0.0, pip, pip 24.0, ladder,
ladder 1.0, ladder <1.9, ladder[build_number=0], meta, chooser *=plain_0, cycle-a, constrainer 1.0, old-python-only, links,
text-prefix 1.0, binary-prefix, unix-only`;
const spec = fc.constantFrom(...SPECS.split(/,\s+/));
const file = fc.uniqueArray(spec, { maxLength: 5, selector: (text) => text.split(/[ [<]/, 1)[0] });

/** What stands in the environment after the change; undefined when there is no answer. */
async function after(
  environment: PrefixData,
  specs: readonly string[],
  more: Partial<SpecInput>,
): Promise<readonly RepoDataRecord[] | undefined> {
  const input: SpecInput = {
    command: 'install',
    specs,
    channels: [channel],
    subdirs: ['linux-64', 'noarch'],
    ...more,
  };
  const request = gatherRequest(input, environment);
  const considered = consideredOf(request, environment);
  const { channels, subdirs } = request;
  const repodata = await loadRepodata(
    { channels, subdirs, ...wantedNames(request, considered) },
    { http, cacheDirs: [cache], localRepodataTtl: 3600, now: Date.now, report: () => undefined },
  );
  const answer = await solveRequest(request, {
    repodata,
    installed: considered.records,
    virtualPackages: [virtualPkg('__unix'), virtualPkg('__glibc 2.36')],
  });
  if (answer.kind === 'unsolvable') return undefined;
  const { operations, unchanged } = planTransaction(environment, answer.records);
  const linked = operations.flatMap((operation) => ('install' in operation ? [operation.install] : []));
  return [...unchanged, ...linked];
}

const dists = (records: readonly RepoDataRecord[] | undefined): readonly string[] | undefined =>
  records?.map(formatDistName).toSorted();

test('env update --prune makes of any environment exactly what the file alone would give', async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(file, file, async (former, wanted) => {
      const before = (await after(EMPTY, former, {})) ?? [];
      const history = new Map(former.map((text) => [text.split(/[ [<]/, 1)[0] ?? '', text]));
      const environment: PrefixData = { ...EMPTY, records: before.map(installed), history };
      const pruned = await after(environment, wanted, { prune: true, ignoreInstalled: true });
      const alone = await after(EMPTY, wanted, {});
      expect(dists(pruned)).toEqual(dists(alone));
      if (alone !== undefined && before.length > 0) compared++;
    }),
    { numRuns: 60 },
  );
  // It is no test if nothing can be installed.
  expect(compared).toBeGreaterThan(20);
}, 60_000);
