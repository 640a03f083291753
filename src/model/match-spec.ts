import type { PackageName } from './package-name.ts';
import type { PackageRecord, RepoDataRecord } from './package-record.ts';
import { matchesSpecChannel } from './spec-channel.ts';
import type { SpecChannel } from './spec-channel.ts';
import { matchesPattern } from './string-pattern.ts';
import type { StringPattern } from './string-pattern.ts';
import { matchesVersion } from './version-spec.ts';
import type { VersionSpec } from './version-spec.ts';
import { findVersion } from './version.ts';

/** A query for packages (CEP 29, 43, 44, 45). Immutable; what is undefined matches everything. */
export interface MatchSpec {
  /** As written, credentials left out. */
  readonly text: string;
  /** Lower-case; a glob or `^regex$` where {@link exactName} is undefined. */
  readonly name: string;
  readonly exactName: PackageName | undefined;
  readonly namePattern: StringPattern | undefined;
  readonly version: VersionSpec | undefined;
  readonly build: StringPattern | undefined;
  /** Compared with the number written in digits. */
  readonly buildNumber: VersionSpec | undefined;
  readonly channel: SpecChannel | undefined;
  readonly subdir: string | undefined;
  readonly fn: string | undefined;
  /** Without credentials. */
  readonly url: string | undefined;
  readonly md5: string | undefined;
  readonly sha256: string | undefined;
  /** Lower-case. */
  readonly license: StringPattern | undefined;
  /** Lower-case. */
  readonly licenseFamily: StringPattern | undefined;
  readonly trackFeatures: readonly string[] | undefined;
  readonly features: readonly string[] | undefined;
  /** Optional dependency groups to install along (CEP 44); says nothing about which records match. */
  readonly extras: readonly string[] | undefined;
  /** Each must match a flag of the record (CEP 45). */
  readonly flags: readonly StringPattern[] | undefined;
  /** The condition under which a dependency applies (CEP 43); says nothing about which records match. */
  readonly when: string | undefined;
  /** What the text holds that conda reads over and a person should know of. */
  readonly notes: readonly string[];
}

/** A record, an installed package or a virtual package. */
export type MatchableRecord = Pick<PackageRecord, 'name' | 'version' | 'build'> & Partial<RepoDataRecord>;

/** Whether the record is one that the spec asks for. A record without a field that is asked for is not. */
export function matchesRecord(spec: MatchSpec, record: MatchableRecord): boolean {
  if (spec.exactName === undefined) {
    if (spec.namePattern !== undefined && !matchesPattern(spec.namePattern, record.name)) return false;
  } else if (spec.exactName !== record.name) {
    return false;
  }
  if (spec.version !== undefined && !matchesVersionText(spec.version, record.version)) return false;
  if (spec.build !== undefined && !matchesPattern(spec.build, record.build)) return false;
  return isPlainSpec(spec) || matchesOtherFields(spec, record);
}

/** Whether name, version and build are all that the spec looks at. */
export function isPlainSpec(spec: MatchSpec): boolean {
  return (
    spec.buildNumber === undefined &&
    spec.channel === undefined &&
    spec.subdir === undefined &&
    spec.fn === undefined &&
    spec.url === undefined &&
    spec.md5 === undefined &&
    spec.sha256 === undefined &&
    spec.license === undefined &&
    spec.licenseFamily === undefined &&
    spec.trackFeatures === undefined &&
    spec.features === undefined &&
    spec.flags === undefined
  );
}

/** The bare word that a spec asks for, if it asks for nothing but a name. */
export function isNameOnlySpec(spec: MatchSpec): boolean {
  return spec.version === undefined && spec.build === undefined && isPlainSpec(spec);
}

function matchesVersionText(spec: VersionSpec, text: string): boolean {
  if (spec.kind === 'any') return true;
  const version = findVersion(text);
  return version !== undefined && matchesVersion(spec, version);
}

function matchesOtherFields(spec: MatchSpec, record: MatchableRecord): boolean {
  return (
    (spec.buildNumber === undefined || matchesBuildNumber(spec.buildNumber, record.build_number)) &&
    (spec.channel === undefined || matchesSpecChannel(spec.channel, record)) &&
    (spec.subdir === undefined || spec.subdir === record.subdir) &&
    (spec.fn === undefined || spec.fn === record.fn) &&
    (spec.url === undefined || spec.url === record.url) &&
    (spec.md5 === undefined || spec.md5.toLowerCase() === record.md5) &&
    (spec.sha256 === undefined || spec.sha256.toLowerCase() === record.sha256) &&
    matchesText(spec.license, record.license) &&
    matchesText(spec.licenseFamily, record.license_family) &&
    includesAll(record.track_features, spec.trackFeatures) &&
    includesAll(record.features?.split(/[\s,]+/), spec.features) &&
    matchesFlags(spec.flags, record.flags)
  );
}

function matchesBuildNumber(spec: VersionSpec, number: number | undefined): boolean {
  return number !== undefined && matchesVersionText(spec, String(number));
}

function matchesText(pattern: StringPattern | undefined, value: string | undefined): boolean {
  return pattern === undefined || (value !== undefined && matchesPattern(pattern, value));
}

function includesAll(values: readonly string[] = [], wanted: readonly string[] = []): boolean {
  return wanted.every((value) => values.includes(value));
}

function matchesFlags(wanted: readonly StringPattern[] = [], flags: readonly string[] = []): boolean {
  return wanted.every((pattern) => flags.some((flag) => matchesPattern(pattern, flag)));
}
