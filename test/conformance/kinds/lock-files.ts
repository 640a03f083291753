import { deepEqual, equal, fail } from 'node:assert/strict';

import { type CondaLock, parseLockFile, type PixiLock } from '../../../src/lock/index.ts';
import type { CaseContext, TestCase } from '../kind.ts';
import { attempt, sha256OfLines, textOf } from './case-texts.ts';

interface ExpectedItems {
  readonly count: number;
  readonly items?: readonly string[];
  readonly items_sha256?: string;
}

type ExpectedPlatforms = Readonly<Record<string, Readonly<Record<string, ExpectedItems>>>>;

interface ExpectedLock {
  readonly error?: boolean;
  readonly format?: string;
  readonly version?: number | string;
  readonly [field: string]: unknown;
}

/** Lock files: whether they are read, and to what. */
export async function checkLockFile(testCase: TestCase, context: CaseContext): Promise<void> {
  const expected = testCase['expect'] as ExpectedLock;
  const text = textOf(testCase, context);
  const lock = await attempt(() => parseLockFile(text));
  if (expected.error === true) {
    if (lock !== undefined) fail('it was read, and must be refused');
    return;
  }
  if (lock === undefined) fail('it was refused');
  equal(lock.version, expected.version);
  switch (lock.kind) {
    case 'conda-lock':
      equal(expected.format, 'conda-lock');
      return checkCondaLock(lock, expected);
    case 'pixi-lock':
      equal(expected.format, 'rattler-lock');
      return checkPixiLock(lock, expected);
    case 'mamba-lock': {
      equal(expected.format, 'mambajs');
      const { platform, specs, channels, pip } = lock;
      const { platform: p, specs: s, channels: c, pip: q } = expected;
      deepEqual({ platform, specs, channels, pip }, { platform: p, specs: s, channels: c, pip: q });
      const items = lock.packages.map(({ channel, subdir, fn }) => `${channel}/${subdir}/${fn}`);
      checkItems(items, expected['packages'] as ExpectedItems);
    }
  }
}

function checkCondaLock(lock: CondaLock, expected: ExpectedLock): void {
  deepEqual(lock.channels, expected['channels']);
  deepEqual(lock.platforms, expected['platforms']);
  const found = new Map<string, string[]>();
  for (const { platform, manager, name, version, url, md5, sha256, category } of lock.packages) {
    const key = `${platform} ${manager}`;
    const items = found.get(key) ?? [];
    items.push(`${name} ${version} ${url}#${md5 ?? ''}#${sha256 ?? ''} [${category}]`);
    found.set(key, items);
  }
  checkPlatforms(found, expected['packages'] as ExpectedPlatforms);
}

function checkPixiLock(lock: PixiLock, expected: ExpectedLock): void {
  const environments = expected['environments'] as Readonly<
    Record<string, { channels: readonly string[]; indexes?: readonly string[]; packages: ExpectedPlatforms }>
  >;
  deepEqual([...lock.environments.keys()].toSorted(), Object.keys(environments).toSorted());
  for (const [name, { channels, indexes, packages }] of lock.environments) {
    deepEqual(channels, environments[name]?.channels);
    deepEqual(indexes, environments[name]?.indexes ?? []);
    const found = new Map<string, string[]>();
    for (const [platform, items] of packages) {
      for (const { kind, location } of items) {
        const ofKind = found.get(`${platform} ${kind}`) ?? [];
        ofKind.push(location);
        found.set(`${platform} ${kind}`, ofKind);
      }
    }
    checkPlatforms(found, environments[name]?.packages ?? {});
  }
}

/** By `platform manager`. */
function checkPlatforms(found: ReadonlyMap<string, readonly string[]>, expected: ExpectedPlatforms): void {
  const wanted = Object.entries(expected).flatMap(([platform, managers]) =>
    Object.entries(managers).map(([manager, items]): [string, ExpectedItems] => [
      `${platform} ${manager}`,
      items,
    ]),
  );
  deepEqual([...found.keys()].toSorted(), wanted.map(([key]) => key).toSorted());
  for (const [key, items] of wanted) checkItems(found.get(key) ?? [], items);
}

function checkItems(found: readonly string[], expected: ExpectedItems): void {
  equal(found.length, expected.count);
  if (expected.items !== undefined) deepEqual(found.toSorted(), expected.items.toSorted());
  if (expected.items_sha256 !== undefined) equal(sha256OfLines(found), expected.items_sha256);
}
