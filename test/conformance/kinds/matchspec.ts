import { deepEqual, equal, fail } from 'node:assert/strict';

import {
  DEFAULT_CHANNEL_SETTINGS,
  formatBuildForm,
  formatMatchSpec,
  type MatchableRecord,
  matchesRecord,
  type MatchSpec,
  mergeMatchSpecs,
  type PackageRecord,
  parseChannel,
  parseMatchSpec,
  type RepoDataRecord,
  TcondaError,
} from '../../../src/index.ts';
import { UnknownType } from '../kind.ts';
import type { Kind, TestCase } from '../kind.ts';
import { checkRattlerCanonical, checkRattlerParse } from './matchspec-rattler.ts';

interface Fields {
  readonly spec: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly str: string;
  readonly conda_build_form: string | null;
  readonly record: VectorRecord;
  readonly match: boolean;
  readonly spec_channel: string;
  readonly record_channel: string;
  readonly specs: readonly string[];
  readonly result?: readonly string[];
  readonly arg: string;
}

type VectorRecord = Omit<Partial<RepoDataRecord>, 'track_features'> &
  Pick<PackageRecord, 'name' | 'version' | 'build'> & { readonly track_features?: string };

export const matchSpec: Kind = { run };

function run(testCase: TestCase): void {
  const fields = testCase as unknown as Fields;
  switch (testCase.type) {
    case 'parse':
      return checkParse(fields);
    case 'invalid':
      return equal(find(fields.spec)?.text, undefined);
    case 'match':
      return equal(matchesRecord(parse(fields.spec), recordOf(fields.record)), fields.match);
    case 'channel-match':
      return checkChannel(fields);
    case 'merge':
      return deepEqual(merged(fields.specs), fields.result?.toSorted());
    case 'cli': {
      const spec = find(fields.arg);
      return equal(spec === undefined ? null : formatMatchSpec(spec), fields.spec);
    }
    case 'rattler-parse':
    case 'rattler-nameless-parse':
      return checkRattlerParse(testCase);
    case 'rattler-canonical':
      return checkRattlerCanonical(testCase);
    default:
      throw new UnknownType(testCase.type);
  }
}

function checkParse({ spec: text, fields, str, conda_build_form: buildForm }: Fields): void {
  const spec = parse(text);
  deepEqual(shown(spec), { name: '*', ...fields });
  equal(formatMatchSpec(spec), str);
  equal(formatBuildForm(spec) ?? null, buildForm);
}

function shown(spec: MatchSpec): Readonly<Record<string, unknown>> {
  const number = spec.buildNumber?.text;
  const all = {
    name: spec.name,
    channel: spec.channel?.text,
    subdir: spec.subdir,
    version: spec.version?.text,
    build: spec.build?.text,
    build_number: number !== undefined && /^\d+$/.test(number) ? Number(number) : number,
    fn: spec.fn,
    url: spec.url,
    md5: spec.md5,
    sha256: spec.sha256,
    license: spec.license?.text,
    license_family: spec.licenseFamily?.text,
    track_features: spec.trackFeatures,
    features: spec.features,
    extras: spec.extras,
    flags: spec.flags?.map((flag) => flag.text),
    when: spec.when,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function checkChannel({ spec_channel: wanted, record_channel: actual, match }: Fields): void {
  const record = { name: 'a', version: '1', build: '0', channel: actual } as VectorRecord;
  equal(matchesRecord(parse(`*[channel=${wanted}]`), recordOf(record)), match);
}

/** A record as repodata gives it: the channel by its URL and by the name people see, features as a list. */
function recordOf({ track_features: features, ...record }: VectorRecord): MatchableRecord {
  const channel =
    record.channel === undefined ? undefined : parseChannel(record.channel, DEFAULT_CHANNEL_SETTINGS);
  return {
    ...record,
    ...(channel === undefined ? {} : { channel: channel.baseUrl, schannel: channel.canonicalName }),
    ...(features === undefined ? {} : { track_features: features.split(/[\s,]+/) }),
  };
}

function merged(texts: readonly string[]): readonly string[] | undefined {
  try {
    return mergeMatchSpecs(texts.map(parse)).map(formatMatchSpec).toSorted();
  } catch (error) {
    if (error instanceof TcondaError && error.code === 'INVALID_MATCH_SPEC') return undefined;
    throw error;
  }
}

function parse(text: string): MatchSpec {
  return find(text) ?? fail(`'${text}' is refused`);
}

function find(text: string): MatchSpec | undefined {
  try {
    return parseMatchSpec(text);
  } catch (error) {
    if (error instanceof TcondaError && error.code === 'INVALID_MATCH_SPEC') return undefined;
    throw error;
  }
}
