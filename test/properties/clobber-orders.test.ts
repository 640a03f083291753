import { existsSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { ExtractedPackage } from '../../src/model/package-files.ts';
import { type TestEnvironment, withTestEnvironment } from '../helpers/environment.ts';
import type { PackageFile } from '../helpers/extracted-package.ts';

const placeholder = `/opt/${'p'.repeat(250)}`;
type Name = 'a' | 'b' | 'c' | 'd';
const NAMES: readonly Name[] = ['a', 'b', 'c', 'd'];

/** One path in four forms: text and binary with a placeholder, a symlink, a file as it is. */
function contestedFile(name: Name, version: string): PackageFile {
  const content = `${placeholder} ${name} ${version}\0`;
  switch (name) {
    case 'a':
      return { content, prefix_placeholder: placeholder, file_mode: 'text', mode: 0o755 };
    case 'b':
      return { content, prefix_placeholder: placeholder, file_mode: 'binary', mode: 0o555 };
    case 'c':
      return { link: `of-c-${version}` };
    case 'd':
      return `d ${version}`;
  }
}

function makeRival(env: TestEnvironment, name: Name, version = '1'): ExtractedPackage {
  const depends = name === 'b' ? ['d'] : [];
  return env.make(`${name} ${version}`, {
    depends,
    files: { 'share/x': contestedFile(name, version), [`share/${name}`]: `${name} ${version}` },
  });
}

function ordersOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    ordersOf(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

function keyOf(packages: readonly ExtractedPackage[]): string {
  return packages
    .map(({ record }) => record.fn)
    .toSorted()
    .join(' ');
}

/** What the environment looks like when these packages come at once. */
async function lookAtSets(
  env: TestEnvironment,
  sets: readonly (readonly ExtractedPackage[])[],
): Promise<ReadonlyMap<string, Record<string, string>>> {
  const seen = new Map<string, Record<string, string>>();
  for (const set of sets) {
    rmSync(env.prefix, { recursive: true, force: true });
    // oxlint-disable-next-line no-await-in-loop -- one environment
    await env.change(set);
    seen.set(keyOf(set), env.tree());
  }
  rmSync(env.prefix, { recursive: true, force: true });
  return seen;
}

/* oxlint-disable no-await-in-loop -- each change meets what the last one left */
describe('four packages with one path', () => {
  test('look the same in whatever order they come and go', async () => {
    await withTestEnvironment(async (env) => {
      const rivals = NAMES.map((name) => makeRival(env, name));
      const subsets = Array.from({ length: 2 ** rivals.length }, (_, bits) =>
        rivals.filter((_one, index) => (bits >> index) % 2 === 1),
      );
      const looks = await lookAtSets(env, subsets);
      expect(new Set([...looks.values()].map((tree) => tree['share/x']))).toHaveLength(5);
      const orders = ordersOf(rivals);
      for (const [index, coming] of orders.entries()) {
        const going = orders[(index * 7 + 3) % orders.length] ?? [];
        const steps = [...coming.keys()].map((count) => coming.slice(0, count + 1));
        steps.push(...[...going.keys()].map((count) => going.slice(count + 1)));
        for (const step of steps) {
          await env.change(step);
          expect(env.tree()).toEqual(looks.get(keyOf(step)));
        }
      }
    });
  }, 120_000);

  test('look the same when any of them is updated, in any order', async () => {
    await withTestEnvironment(async (env) => {
      const versions = NAMES.map((name) => [makeRival(env, name, '1'), makeRival(env, name, '2')] as const);
      const pick = (bits: number): readonly ExtractedPackage[] =>
        versions.map((pair, index) => pair[((bits >> index) % 2) as 0 | 1]);
      const all = Array.from({ length: 2 ** NAMES.length }, (_, bits) => pick(bits));
      const looks = await lookAtSets(env, all);
      for (const order of ordersOf([0, 1, 2, 3])) {
        let bits = 0;
        await env.change(pick(bits));
        for (const index of order) {
          bits |= 1 << index;
          await env.change(pick(bits));
          expect(env.tree()).toEqual(looks.get(keyOf(pick(bits))));
        }
      }
    });
  }, 120_000);
});

/** A step: which packages there are to be, and then which of the files that are there a person edits. */
const walk = fc.array(
  fc.record({
    wanted: fc.uniqueArray(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom('1', '2')), {
      selector: ([name]) => name,
    }),
    edited: fc.array(fc.nat(), { maxLength: 2 }),
  }),
  { minLength: 2, maxLength: 5 },
);

test('what a person made of files is never lost, whatever comes and goes', async () => {
  await fc.assert(
    fc.asyncProperty(walk, async (steps) => {
      await withTestEnvironment(async (env) => {
        const made = new Map(
          NAMES.flatMap((name) =>
            ['1', '2'].map((version) => [`${name} ${version}`, makeRival(env, name, version)] as const),
          ),
        );
        const edits = new Map<string, string>();
        let time = Date.now() / 1000 + 60;
        for (const { wanted, edited } of steps) {
          await env.change(wanted.flatMap(([name, version]) => made.get(`${name} ${version}`) ?? []));
          const files = Object.keys(env.tree());
          for (const number of files.length === 0 ? [] : edited) {
            const file = files[number % files.length] ?? '';
            const place = path.join(env.prefix, file);
            const old = env.tree()[file] ?? '';
            edits.delete(old.slice(old.indexOf(' ') + 1));
            rmSync(place);
            const text = `edit ${(time += 60)}`;
            writeFileSync(place, text);
            utimesSync(place, time, time);
            edits.set(text, file);
          }
        }
        await env.change([]);
        const left = Object.values(env.tree()).map((content) => content.slice(content.indexOf(' ') + 1));
        expect([...edits.keys()].filter((text) => !left.includes(text))).toEqual([]);
        expect(existsSync(path.join(env.prefix, 'conda-meta/.tconda'))).toBe(false);
      });
    }),
    { numRuns: 60 },
  );
}, 120_000);
