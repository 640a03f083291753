import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { createHttpClient, type HttpClient } from '../../src/io/http.ts';
import { loadRepodata } from '../../src/repodata/index.ts';
import { channelAt, raw, writeChannel } from '../helpers/channel.ts';

let directory: string;
let http: HttpClient;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'tconda-closure-'));
  http = createHttpClient();
});
afterEach(async () => {
  await http.close();
  await rm(directory, { recursive: true, force: true });
});

test.each([
  ['a dependency', { depends: ['b >=1', 'main::c[version=">=1"]'] }, ['b', 'c']],
  ['a conditional one', { depends: ['b[when="python >=3.12"]', 'c >=1[when="__linux"]'] }, ['b', 'c']],
  ['optional groups', { extra_depends: { test: ['b'], docs: ['c[when="python <3.9"]'] } }, ['b', 'c']],
  ['the groups of what it depends on', { depends: ['e[extras=[fast]]'] }, ['d', 'e']],
  ['no condition by itself', { depends: ['b[when="c"]'] }, ['b']],
  ['no constraint', { constrains: ['c'] }, []],
] as const)('the closure follows %s', async (_title, fields, expected) => {
  const channel = path.join(directory, 'main');
  const records = [
    raw('a 1 0', fields),
    raw('b 1 0'),
    raw('c 1 0'),
    raw('d 1 0'),
    raw('e 1 0', { extra_depends: { fast: ['d'] } }),
  ];
  await writeChannel(channel, { 'linux-64': records, noarch: [] });
  const { subdirs } = await loadRepodata(
    { channels: [channelAt(`file://${channel}`)], subdirs: ['linux-64', 'noarch'], names: ['a'] },
    { http, cacheDirs: [path.join(directory, 'cache')], now: () => 0 },
  );
  const names = subdirs.flatMap((each) =>
    each.kind === 'found' ? each.records.map(({ name }) => name) : [],
  );
  expect(names.toSorted()).toEqual(['a', ...expected]);
});
