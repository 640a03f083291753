import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { RepoDataRecord } from '../../src/model/package-record.ts';
import { solveRequest } from '../../src/solve/index.ts';
import { inputOf, verifyFix } from '../helpers/conflict.ts';
import { pkg } from '../helpers/pkg.ts';
import { requestOf, type World } from '../helpers/solve.ts';

const NAMES = ['a', 'b', 'c', 'd'];
const VERSIONS = ['1.0', '1.1', '2.0'];
const range = fc.constantFrom('', ' 1.*', ' >=1.1', ' <2', ' 2.0', ' !=1.1', ' >=3');

/** A few versions of a few names, each with a dependency or two on other names. */
const records: fc.Arbitrary<readonly RepoDataRecord[]> = fc
  .array(
    fc.record({
      name: fc.constantFrom(...NAMES),
      version: fc.constantFrom(...VERSIONS),
      depends: fc.array(fc.tuple(fc.constantFrom(...NAMES), range), { maxLength: 2 }),
    }),
    { minLength: 4, maxLength: 12 },
  )
  .map((all) => {
    const texts = all.map(({ name, version, depends }) =>
      pkg(`${name} ${version}`, {
        depends: depends.filter(([other]) => other !== name).map(([other, spec]) => `${other}${spec}`),
      }),
    );
    return [...new Map(texts.map((record) => [record.fn, record])).values()];
  });
const jobs = fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), range), {
  minLength: 1,
  maxLength: 3,
  selector: ([name]) => name,
});

test('what is offered in place of a refused request works, and is the same whatever the order', async () => {
  await fc.assert(
    fc.asyncProperty(records, jobs, async (all, asked) => {
      const request = requestOf(asked.map(([name, spec]) => `install ${name}${spec}`));
      const world: World = { channels: [all] };
      const answer = await solveRequest(request, inputOf(world), { fixBudget: 60_000 });
      if (answer.kind === 'solved') return;
      for (const fix of answer.fixes) {
        // oxlint-disable-next-line no-await-in-loop -- the first that fails is told
        await verifyFix(fix, request, inputOf(world));
      }
      const turned = inputOf({ channels: [all.toReversed()] });
      expect(await solveRequest(request, turned, { fixBudget: 60_000 })).toEqual(answer);
    }),
    { numRuns: 60 },
  );
});

test('nobody looks for fixes who wants none', async () => {
  const input = inputOf({ channels: [[pkg('a 1.0')]] });
  expect(await solveRequest(requestOf(['install a 2.0']), input)).toMatchObject({ fixes: [] });
  expect(await solveRequest(requestOf(['install a 2.0']), input, { fixBudget: 0 })).toMatchObject({
    kind: 'unsolvable',
  });
});
