import { formatMatchSpec } from '../model/match-spec-text.ts';
import { isNameOnlySpec, isPlainSpec, type MatchSpec } from '../model/match-spec.ts';
import { parseVersionSpec, type VersionSpec } from '../model/version-spec.ts';

/**
 * What a person may have meant with a spec that is too strict: steps, each of which asks for less than the one before, and in
 * each step alternatives. Only the last step is the bare name. A spec that asks for nothing but a name has no step.
 */
export function relaxSpec(spec: MatchSpec): readonly (readonly MatchSpec[])[] {
  if (spec.exactName === undefined || isNameOnlySpec(spec)) return [];
  const steps: MatchSpec[][] = [];
  const bare = onlyVersion(spec, undefined);
  if (!isPlainSpec(spec)) steps.push([withText({ ...bare, version: spec.version, build: spec.build })]);
  if (spec.version === undefined || spec.version.kind === 'any') {
    return [...steps.filter(() => spec.build !== undefined), [bare]];
  }
  if (spec.build !== undefined) steps.push([onlyVersion(spec, spec.version)]);
  for (const versions of relaxVersion(spec.version)) {
    steps.push(versions.map((version) => onlyVersion(spec, version)));
  }
  return [...steps, [bare]];
}

/** `1.2.3` to `1.2.*`, to `1.*`, to one side alone; of several conditions all but one. */
function relaxVersion(spec: VersionSpec): readonly (readonly VersionSpec[])[] {
  if (spec.kind === 'and') {
    return [spec.specs.map((_, left) => joinVersions(spec.specs.filter((__, index) => index !== left)))];
  }
  if (spec.kind !== 'equal' && spec.kind !== 'startsWith' && spec.kind !== 'compatible') return [];
  const { text } = spec.version;
  const series = prefixesOf(text).map((prefix) => [parseVersionSpec(`${prefix}.*`)]);
  return [...series, [parseVersionSpec(`>=${text}`), parseVersionSpec(`<${text}`)]];
}

/** Of `1.2.3.4`: `1.2`, `1`. */
function prefixesOf(version: string): readonly string[] {
  const parts = /^\d+(?:\.\d+)*/.exec(version)?.[0].split('.') ?? [];
  return [2, 1].filter((count) => count < parts.length).map((count) => parts.slice(0, count).join('.'));
}

function joinVersions(specs: readonly VersionSpec[]): VersionSpec {
  return parseVersionSpec(specs.map(({ kind, text }) => (kind === 'or' ? `(${text})` : text)).join(','));
}

function onlyVersion(spec: MatchSpec, version: VersionSpec | undefined): MatchSpec {
  return withText({
    ...spec,
    version,
    build: undefined,
    buildNumber: undefined,
    channel: undefined,
    subdir: undefined,
    fn: undefined,
    url: undefined,
    md5: undefined,
    sha256: undefined,
    license: undefined,
    licenseFamily: undefined,
    trackFeatures: undefined,
    features: undefined,
    flags: undefined,
    notes: [],
  });
}

/** As a person would write it; what more there is than version and build goes into brackets. */
function withText(spec: MatchSpec): MatchSpec {
  const hasMore = spec.extras !== undefined || spec.when !== undefined;
  if (hasMore || !isPlainSpec(spec)) return { ...spec, text: formatMatchSpec(spec) };
  const version = spec.version?.text ?? (spec.build === undefined ? undefined : '*');
  const parts = [spec.name, version, spec.build?.text].filter((part) => part !== undefined);
  return { ...spec, text: parts.join(' ') };
}
