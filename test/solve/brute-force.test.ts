import fc from 'fast-check';
import { expect, test } from 'vitest';

import { parseMatchSpec } from '../../src/model/match-spec-text.ts';
import { matchesRecord } from '../../src/model/match-spec.ts';
import type { RepoDataRecord } from '../../src/model/package-record.ts';
import type { Solution, Unsolvable } from '../../src/model/solution.ts';
import { pkg } from '../helpers/pkg.ts';
import { requestOf, solveWorld } from '../helpers/solve.ts';

const NAMES = ['a', 'b', 'c', 'd'];
const spec = fc
  .tuple(fc.constantFrom(...NAMES), fc.constantFrom('', ' >=2', ' <2', ' 1.*', ' 3', ' !=2', ' >=4'))
  .map(([name, version]) => `${name}${version}`);
const depends = fc.uniqueArray(spec, { maxLength: 2 });
const constrains = fc.uniqueArray(spec, { maxLength: 1 });
const records = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom('1.0', '2.0', '3.0'), depends, constrains), {
    minLength: 1,
    maxLength: 10,
  })
  .map((all) => {
    const made = all.map(([name, version, own, limits]) =>
      pkg(`${name} ${version}`, { depends: own, constrains: limits }),
    );
    return [...new Map(made.map((record) => [record.fn, record])).values()];
  });

test('there is an answer exactly when trying everything finds one, and it is right', async () => {
  await fc.assert(
    fc.asyncProperty(records, fc.uniqueArray(spec, { minLength: 1, maxLength: 3 }), async (world, wanted) => {
      const ask = async (specs: readonly string[]): Promise<Solution | Unsolvable> =>
        await solveWorld(requestOf(specs.map((text) => `install ${text}`)), { channels: [world] });
      const answer = await ask(wanted);
      const exists = environments(world).some((environment) => isRight(environment, wanted));
      expect(answer.kind).toBe(exists ? 'solved' : 'unsolvable');
      const isWellSaid =
        answer.kind === 'solved'
          ? isRight(answer.records, wanted)
          : answer.notFound.length + answer.explanation.length > 0;
      expect(isWellSaid).toBe(true);
      if (answer.kind === 'solved' || answer.notFound.length > 0) return;
      // What is spoken of is reason enough: the rest of the request has no part in it.
      const text = answer.explanation.join('\n');
      const named = wanted.filter(
        (one) => text.includes(`${one} is requested`) || text.includes(`${one} can't`),
      );
      expect((await ask(named)).kind).toBe('unsolvable');
    }),
    { numRuns: 500 },
  );
});

/** Every choice of at most one record of each name. */
function environments(world: readonly RepoDataRecord[]): RepoDataRecord[][] {
  return NAMES.reduce<RepoDataRecord[][]>(
    (chosen, name) => {
      const own = world.filter((record) => record.name === name);
      return chosen.flatMap((each) => [each, ...own.map((record) => [...each, record])]);
    },
    [[]],
  );
}

function isRight(environment: readonly RepoDataRecord[], wanted: readonly string[]): boolean {
  const has = (text: string): boolean =>
    environment.some((record) => matchesRecord(parseMatchSpec(text), record));
  const names = new Set(environment.map((record) => record.name));
  return (
    names.size === environment.length &&
    wanted.every(has) &&
    environment.every(
      (record) => record.depends.every(has) && record.constrains.every((text) => allows(text, record)),
    )
  );

  function allows(text: string, owner: RepoDataRecord): boolean {
    const limit = parseMatchSpec(text);
    return environment.every(
      (record) => record === owner || record.name !== limit.name || matchesRecord(limit, record),
    );
  }
}
