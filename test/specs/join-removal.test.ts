import { expect, test } from 'vitest';

import { parseChannel } from '../../src/model/channel.ts';
import type { PrefixData } from '../../src/model/prefix-record.ts';
import type { SolveRequest, SpecInput } from '../../src/model/request.ts';
import { DEFAULT_CHANNEL_SETTINGS } from '../../src/model/spec-channel.ts';
import { askedFor, gatherRequest, joinRemoval } from '../../src/specs/index.ts';
import { solveRequest } from '../../src/solve/index.ts';
import { installedPkg, pkg, repodataOf } from '../helpers/pkg.ts';

const INSTALLED = [
  installedPkg('pandas 2.0', { depends: ['pytz', 'numpy'] }),
  installedPkg('pytz 1.0'),
  installedPkg('numpy 1.0'),
  installedPkg('six 1.10'),
];
const PREFIX: PrefixData = {
  prefix: '/env',
  exists: true,
  records: INSTALLED,
  history: new Map([
    ['pandas', 'pandas >=1'],
    ['six', 'six'],
  ]),
  pinned: [],
};
const CHANNEL = [...INSTALLED, pkg('pandas 1.0'), pkg('six 1.9')];

function join(install: readonly string[], remove: readonly string[]): SolveRequest {
  const ask = (command: SpecInput['command'], specs: readonly string[]): SolveRequest =>
    gatherRequest(
      {
        command,
        specs,
        channels: [parseChannel('conda-forge', DEFAULT_CHANNEL_SETTINGS)],
        subdirs: ['linux-64'],
        updateModifier: 'update-specs',
      },
      PREFIX,
    );
  return joinRemoval(ask('install', install), ask('remove', remove), INSTALLED);
}

async function solve(request: SolveRequest): Promise<readonly string[]> {
  const input = { repodata: repodataOf(CHANNEL), installed: INSTALLED, virtualPackages: [] };
  const answer = await solveRequest(request, input);
  return answer.kind === 'solved'
    ? answer.records.map(({ name, version }) => `${name} ${version}`)
    : answer.explanation;
}

test('what is removed takes along what needs it, and what only that needed', async () => {
  expect(await solve(join(['six <1.10'], ['pytz']))).toEqual(['six 1.9']);
});

test('what is asked for in the same breath comes in another version', async () => {
  expect(await solve(join(['pandas'], ['pytz']))).toEqual(['pandas 1.0', 'six 1.10']);
});

test('both go down in the history', () => {
  const asked = askedFor(join(['six <1.10'], ['pytz']), PREFIX);
  expect([asked.updateSpecs, asked.removeSpecs]).toEqual([["six[version='<1.10']"], ['pytz']]);
});
