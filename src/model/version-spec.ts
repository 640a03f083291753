import { ParseCache } from './parse-cache.ts';
import { matchesPattern } from './string-pattern.ts';
import type { StringPattern } from './string-pattern.ts';
import { readVersionSpec } from './version-spec-text.ts';
import { compareVersions, versionStartsWith } from './version.ts';
import type { Version } from './version.ts';

/** What versions are wanted (CEP 29). `text` is the canonical form, which parses to the same spec. */
export type VersionSpec = VersionClause | VersionGroup;

/** Several specs, all or one of which must match. */
export interface VersionGroup {
  readonly kind: 'and' | 'or';
  readonly text: string;
  readonly specs: readonly VersionSpec[];
}

/** `equal` and `text` pin one version. `text` compares the version's letters and not its meaning. */
export type VersionClause =
  | { readonly kind: 'any'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'pattern'; readonly text: string; readonly pattern: StringPattern }
  /** At least `version`, and beginning with `prefix` when there is one. */
  | {
      readonly kind: 'compatible';
      readonly text: string;
      readonly version: Version;
      readonly prefix: Version | undefined;
    }
  | { readonly kind: VersionRelation; readonly text: string; readonly version: Version };

/** How a version must stand to the one that is named. */
export type VersionRelation =
  | 'equal'
  | 'notEqual'
  | 'less'
  | 'lessOrEqual'
  | 'greater'
  | 'greaterOrEqual'
  | 'startsWith'
  | 'notStartsWith';

const cache = new ParseCache<VersionSpec>(1 << 16);

/** @throws {TcondaError} `INVALID_VERSION_SPEC`, with `data.position` */
export function parseVersionSpec(text: string): VersionSpec {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const spec = readVersionSpec(text);
  cache.set(text, spec);
  return spec;
}

/** The text that the spec was read from. */
export function formatVersionSpec(spec: VersionSpec): string {
  return spec.text;
}

/** Whether the spec names one version: `1.2` or `==1.2`. */
export function isExactVersionSpec(spec: VersionSpec): boolean {
  return spec.kind === 'equal' || spec.kind === 'text';
}

/** Whether a version satisfies a spec. */
export function matchesVersion(spec: VersionSpec, version: Version): boolean {
  switch (spec.kind) {
    case 'any':
      return true;
    case 'equal':
      return compareVersions(version, spec.version) === 0;
    case 'notEqual':
      return compareVersions(version, spec.version) !== 0;
    case 'less':
      return compareVersions(version, spec.version) < 0;
    case 'lessOrEqual':
      return compareVersions(version, spec.version) <= 0;
    case 'greater':
      return compareVersions(version, spec.version) > 0;
    case 'greaterOrEqual':
      return compareVersions(version, spec.version) >= 0;
    case 'startsWith':
      return versionStartsWith(version, spec.version);
    case 'notStartsWith':
      return !versionStartsWith(version, spec.version);
    case 'compatible':
      if (compareVersions(version, spec.version) < 0) return false;
      return spec.prefix === undefined || versionStartsWith(version, spec.prefix);
    case 'pattern':
      return matchesPattern(spec.pattern, version.text);
    case 'text':
      return version.text === spec.text;
    case 'and':
      return spec.specs.every((part) => matchesVersion(part, version));
    case 'or':
      return spec.specs.some((part) => matchesVersion(part, version));
  }
}
