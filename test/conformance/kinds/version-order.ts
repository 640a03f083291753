import { equal, deepEqual } from 'node:assert/strict';

import {
  compareVersions,
  isValidVersion,
  parseVersion,
  type VersionSegment,
  versionStartsWith,
} from '../../../src/index.ts';
import { UnknownType } from '../kind.ts';
import type { Kind, TestCase } from '../kind.ts';

interface Fields {
  readonly a: string;
  readonly b: string;
  readonly cmp: number;
  readonly equal: boolean;
  readonly valid: boolean;
  readonly version: string;
  readonly prefix: string;
  readonly expect: boolean;
  readonly versions: readonly string[];
  readonly groups: readonly (readonly string[])[];
  readonly input: string;
  readonly parsed: unknown;
  readonly local: unknown;
}

export const versionOrder: Kind = { run };

function run(testCase: TestCase): void {
  const fields = testCase as unknown as Fields;
  switch (testCase.type) {
    case 'compare':
      return equal(order(fields.a, fields.b), fields.cmp);
    case 'equal':
      return equal(order(fields.a, fields.b) === 0, fields.equal);
    case 'valid':
      return equal(isValidVersion(fields.version), fields.valid);
    case 'startswith':
      return equal(
        versionStartsWith(parseVersion(fields.version), parseVersion(fields.prefix)),
        fields.expect,
      );
    case 'chain':
      return checkChain(fields.versions);
    case 'sorted':
      return checkGroups(fields.groups);
    case 'parsed': {
      const version = parseVersion(fields.input);
      deepEqual(version.segments.map(shown), fields.parsed);
      return deepEqual(version.local.map(shown), fields.local);
    }
    default:
      throw new UnknownType(testCase.type);
  }
}

function order(a: string, b: string): number {
  return Math.sign(compareVersions(parseVersion(a), parseVersion(b)));
}

/**
 * Each is below all that follow it. Two neighbours that are one version in two spellings (`0.4` and `0.4.0`, `0.5_5`
 * and `0.5-5`) stand in conda's own list, so a neighbour may be equal where only zeros or separators differ.
 */
function checkChain(versions: readonly string[]): void {
  const ranks: number[] = [];
  for (const [index, text] of versions.entries()) {
    const isAgain = index > 0 && isSpelling(text, versions[index - 1]);
    ranks.push((ranks.at(-1) ?? 0) + (isAgain ? 0 : 1));
  }
  for (const [i, a] of versions.entries()) {
    for (const [j, b] of versions.entries()) {
      equal(order(a, b), Math.sign((ranks[i] ?? 0) - (ranks[j] ?? 0)), `${a} against ${b}`);
    }
  }
}

function isSpelling(a: string, b = ''): boolean {
  const plain = (text: string): string => text.replaceAll(/[-_]/g, '.').replace(/(?:\.0+)+$/, '');
  return plain(a) === plain(b);
}

function checkGroups(groups: readonly (readonly string[])[]): void {
  const all = groups.flatMap((texts, rank) => texts.map((text) => ({ text, rank })));
  for (const a of all) {
    for (const b of all)
      equal(order(a.text, b.text), Math.sign(a.rank - b.rank), `${a.text} against ${b.text}`);
  }
}

function shown(segment: VersionSegment): readonly unknown[] {
  const components = typeof segment === 'number' ? [segment] : segment;
  return components.map((component) => {
    if (component === Infinity) return 'POST';
    return typeof component === 'bigint' ? Number(component) : component;
  });
}
