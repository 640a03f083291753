import { deepEqual, equal, fail } from 'node:assert/strict';

import type { ChannelSettings } from '../../../src/model/channel.ts';
import { formatMatchSpec, parseMatchSpec } from '../../../src/model/match-spec-text.ts';
import type { RepoDataRecord } from '../../../src/model/package-record.ts';
import {
  type EnvironmentFile,
  parseEnvironmentYml,
  parseExplicitFile,
  parseRequirementsFile,
} from '../../../src/specs/index.ts';
import { type CaseContext, type Kind, OtherTool, type TestCase, UnknownType } from '../kind.ts';
import { attempt, sha256OfLines, textOf } from './case-texts.ts';
import { checkLockFile } from './lock-files.ts';

/** Environment files, lists of packages and lock files: what is read out of each. */
export const envFiles: Kind = {
  async run(testCase, context) {
    switch (testCase.type) {
      case 'environment-yml':
        return checkEnvironment(testCase);
      case 'environment-yml-selectors':
      case 'environment-yml-mamba':
        return checkSelected(testCase);
      case 'environment-yml-uv':
        throw new OtherTool('conda has pip install the lines of pip');
      case 'explicit':
        return checkExplicit(testCase, context);
      case 'requirements':
        return checkRequirements(testCase);
      case 'requirement-line':
        return checkRequirementLine(testCase);
      case 'lockfile':
        return checkLockFile(testCase, context);
      default:
        throw new UnknownType(testCase.type);
    }
  },
};

const canonical = (text: string): string => formatMatchSpec(parseMatchSpec(text));

interface ExpectedEnvironment {
  readonly error?: string;
  readonly name?: string | number | null;
  readonly channels?: readonly string[];
  readonly conda?: readonly string[];
  readonly pip?: readonly string[];
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly prefix?: string | null;
}

function readEnvironment(testCase: TestCase): Promise<EnvironmentFile> {
  return parseEnvironmentYml(String(testCase['text']), {
    name: 'environment.yml',
    subdir: typeof testCase['platform'] === 'string' ? testCase['platform'] : 'linux-64',
    env: (testCase['env'] ?? {}) as Readonly<Record<string, string>>,
  });
}

async function checkEnvironment(testCase: TestCase): Promise<void> {
  const expected = testCase['expect'] as ExpectedEnvironment;
  const read = await attempt(() => readEnvironment(testCase));
  if (expected.error !== undefined) {
    if (read !== undefined) fail(`it was read, and must be refused: ${expected.error}`);
    return;
  }
  if (read === undefined) fail('it was refused');
  // A number where a text must be is the text that stands there.
  equal(read.name, expected.name === null ? undefined : String(expected.name));
  equal(read.prefix, expected.prefix ?? undefined);
  const channels = expected.channels ?? [];
  deepEqual(
    read.channels,
    channels.filter((channel) => channel !== 'nodefaults'),
  );
  equal(read.noDefaults, channels.includes('nodefaults'));
  deepEqual(read.specs.map(canonical), (expected.conda ?? []).map(canonical));
  deepEqual(read.pip, expected.pip ?? []);
  deepEqual(
    Object.fromEntries(read.variables),
    Object.fromEntries(
      Object.entries(expected.variables ?? {}).map(([name, value]) => [name, String(value)]),
    ),
  );
}

/** mamba puts the pip that it adds behind the others. */
async function checkSelected(testCase: TestCase): Promise<void> {
  const expected = testCase['expect'] as ExpectedEnvironment;
  const read = await readEnvironment(testCase);
  deepEqual(read.specs.toSorted(), (expected.conda ?? []).toSorted());
  if (expected.pip !== undefined) deepEqual(read.pip, expected.pip);
  if (expected.channels !== undefined) deepEqual(read.channels, expected.channels);
}

interface ExpectedPackage {
  readonly url: string;
  readonly [field: string]: unknown;
}

interface ExpectedExplicit {
  readonly error?: string;
  readonly packages?: readonly ExpectedPackage[];
  readonly count?: number;
  readonly names?: readonly string[];
  readonly urls_sha256?: string;
}

/** conda's own settings. */
const CHANNELS: ChannelSettings = {
  channelAlias: 'https://conda.anaconda.org',
  customChannels: new Map([['pkgs/pro', 'https://repo.anaconda.com']]),
  customMultichannels: new Map([
    ['defaults', ['https://repo.anaconda.com/pkgs/main', 'https://repo.anaconda.com/pkgs/r']],
  ]),
  migratedChannelAliases: [],
  migratedCustomChannels: new Map(),
  extraSubdirs: [],
  cwd: '/',
  home: '/',
};

async function checkExplicit(testCase: TestCase, context: CaseContext): Promise<void> {
  const expected = testCase['expect'] as ExpectedExplicit;
  const text = textOf(testCase, context);
  const read = await attempt(() => parseExplicitFile(text, { channels: CHANNELS, env: {} }));
  if (expected.error !== undefined) {
    if (read !== undefined) fail(`it was read, and must be refused: ${expected.error}`);
    return;
  }
  if (read === undefined) fail('it was refused');
  if (expected.packages !== undefined) {
    const packages = expected.packages.map(withoutSecrets);
    deepEqual(
      read.records.map((record, index) => describeRecord(record, Object.keys(packages[index] ?? {}))),
      packages,
    );
    return;
  }
  equal(read.records.length, expected.count);
  deepEqual([...new Set(read.records.map(({ name }) => name))].toSorted(), expected.names);
  const { urls_sha256: digest } = expected;
  if (digest !== undefined) equal(sha256OfLines(read.records.map(({ url }) => url)), digest);
}

const FIELDS = ['url', 'name', 'version', 'build', 'md5', 'sha256', 'subdir', 'fn', 'channel'];

/** A URL that tells nothing of a package has no fields but its own in the case. */
function describeRecord(record: RepoDataRecord, fields: readonly string[]): Record<string, unknown> {
  const all: Readonly<Record<string, unknown>> = { ...record, channel: record.schannel };
  const wanted = fields.length > 2 ? FIELDS : fields;
  return Object.fromEntries(
    wanted.filter((field) => all[field] !== undefined).map((field) => [field, all[field]]),
  );
}

/** Credentials never become part of a record, and a `!` needs no escape. */
function withoutSecrets(expected: ExpectedPackage): Record<string, unknown> {
  const url = expected.url
    .replace(/\/\/[^/@]*@/, '//')
    .replace(/\/t\/[^/]+\//, '/')
    .replaceAll('%21', '!');
  return Object.fromEntries(
    FIELDS.flatMap((field) =>
      expected[field] === undefined ? [] : [[field, field === 'url' ? url : expected[field]]],
    ),
  );
}

async function checkRequirements(testCase: TestCase): Promise<void> {
  const expected = testCase['expect'] as { readonly error?: string; readonly specs?: readonly string[] };
  const read = await attempt(() => parseRequirementsFile(String(testCase['text'])));
  if (expected.error !== undefined) {
    if (read !== undefined) fail(`it was read, and must be refused: ${expected.error}`);
    return;
  }
  if (read === undefined) fail('it was refused');
  // conda hands what pip installed to the solver; here it is told apart.
  deepEqual(
    [...read.specs, ...read.skipped].map(canonical).toSorted(),
    (expected.specs ?? []).map(canonical).toSorted(),
  );
}

async function checkRequirementLine(testCase: TestCase): Promise<void> {
  const expected = testCase['expect'] as string | null;
  const line = String(testCase['line']);
  // Of a function that no reader of conda 26 calls any more: they take each line as a MatchSpec, as `requirements` has it.
  if (line === 'foo 1.0' || line === 'numpy=1.26') throw new OtherTool('conda reads MatchSpecs');
  const read = await attempt(() => parseRequirementsFile(line));
  const specs = read === undefined ? [] : read.specs.map(canonical);
  deepEqual(specs.map(inFull), expected === null ? [] : [inFull(canonical(expected))]);
}

/** `~=1.0.2` is short for `>=1.0.2,==1.0.*`. */
function inFull(spec: string): string {
  return spec.replace(/~=((\d+(?:\.\d+)*)\.\d+)$/, "[version='>=$1,==$2.*']");
}
