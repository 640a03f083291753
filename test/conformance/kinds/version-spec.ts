import { equal, fail } from 'node:assert/strict';

import {
  formatVersionSpec,
  isExactVersionSpec,
  matchesVersion,
  parseVersion,
  parseVersionSpec,
  TcondaError,
  type VersionSpec,
} from '../../../src/index.ts';
import { UnknownType } from '../kind.ts';
import type { Kind, TestCase } from '../kind.ts';

interface Fields {
  readonly spec: string;
  readonly version: string;
  readonly match: boolean;
  readonly exact: boolean;
  readonly str: string;
}

export const versionSpec: Kind = { run };

function run(testCase: TestCase): void {
  const fields = testCase as unknown as Fields;
  const spec = find(fields.spec);
  switch (testCase.type) {
    case 'invalid':
      return equal(spec, undefined);
    case 'match':
      return equal(matchesVersion(spec ?? refused(), parseVersion(fields.version)), fields.match);
    case 'parse': {
      const parsed = spec ?? refused();
      equal(isExactVersionSpec(parsed), fields.exact);
      equal(flatText(parsed), fields.str);
      const again = parseVersionSpec(formatVersionSpec(parsed));
      return equal(formatVersionSpec(again), formatVersionSpec(parsed));
    }
    default:
      throw new UnknownType(testCase.type);
  }
}

function find(text: string): VersionSpec | undefined {
  try {
    return parseVersionSpec(text);
  } catch (error) {
    if (error instanceof TcondaError && error.code === 'INVALID_VERSION_SPEC') return undefined;
    throw error;
  }
}

function refused(): never {
  fail('the spec is refused');
}

/** conda's text loses all parentheses, also those that matter; tconda's keeps these. */
function flatText(spec: VersionSpec): string {
  if (!('specs' in spec)) return spec.text;
  return spec.specs.map(flatText).join(spec.kind === 'or' ? '|' : ',');
}
