import { TcondaError } from '../errors.ts';
import { formatMatchSpec } from './match-spec-format.ts';
import type { MatchSpec } from './match-spec.ts';
import type { SpecChannel } from './spec-channel.ts';
import { matchesSpecChannel } from './spec-channel.ts';
import { matchesPattern, parseStringPattern } from './string-pattern.ts';
import type { StringPattern } from './string-pattern.ts';
import { parseVersionSpec } from './version-spec.ts';
import type { VersionSpec } from './version-spec.ts';

/**
 * One spec for each name, which asks for all that the specs of that name ask for; those with a pattern for a name stay
 * as they are. Versions are joined with `,`.
 * @throws {TcondaError} `INVALID_MATCH_SPEC` where two specs contradict each other
 */
export function mergeMatchSpecs(specs: readonly MatchSpec[]): readonly MatchSpec[] {
  const sorted = specs
    .map((spec) => ({ spec, text: formatMatchSpec(spec) }))
    .toSorted((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  const merged = new Map<string, MatchSpec>();
  const patterns: MatchSpec[] = [];
  for (const { spec } of sorted) {
    const before = merged.get(spec.name);
    if (spec.exactName === undefined) patterns.push(spec);
    else merged.set(spec.name, before === undefined ? spec : mergeTwo(before, spec));
  }
  return [...merged.values(), ...patterns];
}

function mergeTwo(a: MatchSpec, b: MatchSpec): MatchSpec {
  const clash = (field: string): never => {
    throw new TcondaError(
      'INVALID_MATCH_SPEC',
      `'${formatMatchSpec(a)}' and '${formatMatchSpec(b)}' contradict each other (${field})`,
      { data: { specs: [formatMatchSpec(a), formatMatchSpec(b)], field } },
    );
  };
  const same = <T>(
    field: string,
    x: T | undefined,
    y: T | undefined,
    text: (value: T) => string,
  ): T | undefined => {
    if (x === undefined || y === undefined) return x ?? y;
    return text(x) === text(y) ? x : clash(field);
  };
  const sameText = (field: string, x: string | undefined, y: string | undefined): string | undefined =>
    same(field, x, y, (value) => value);
  const sameList = <T>(
    field: string,
    x: readonly T[] | undefined,
    y: readonly T[] | undefined,
  ): readonly T[] | undefined => same(field, x, y, (list) => JSON.stringify(list));
  const samePattern = (field: string, x?: StringPattern, y?: StringPattern): StringPattern | undefined =>
    same(field, x, y, (pattern) => pattern.text);

  const merged: MatchSpec = {
    ...a,
    version: mergeVersions(a.version, b.version),
    build: mergeBuilds(a.build, b.build, () => clash('build')),
    buildNumber: same('build_number', a.buildNumber, b.buildNumber, (spec) => spec.text),
    channel: mergeChannels(a.channel, b.channel, () => clash('channel')),
    subdir: sameText('subdir', a.subdir, b.subdir),
    fn: sameText('fn', a.fn, b.fn),
    url: sameText('url', a.url, b.url),
    md5: sameText('md5', a.md5, b.md5),
    sha256: sameText('sha256', a.sha256, b.sha256),
    license: samePattern('license', a.license, b.license),
    licenseFamily: samePattern('license_family', a.licenseFamily, b.licenseFamily),
    trackFeatures: sameList('track_features', a.trackFeatures, b.trackFeatures),
    features: sameList('features', a.features, b.features),
    extras: sameList('extras', a.extras, b.extras),
    flags: sameList('flags', a.flags, b.flags),
    when: sameText('when', a.when, b.when),
    notes: [...a.notes, ...b.notes],
  };
  return { ...merged, text: formatMatchSpec(merged) };
}

function mergeVersions(a: VersionSpec | undefined, b: VersionSpec | undefined): VersionSpec | undefined {
  if (a === undefined || b === undefined || a.text === b.text || b.kind === 'any') return a ?? b;
  if (a.kind === 'any') return b;
  const [first, second] = a.text < b.text ? [a, b] : [b, a];
  return parseVersionSpec(`${inParentheses(first)},${inParentheses(second)}`);
}

function inParentheses(spec: VersionSpec): string {
  return spec.kind === 'or' ? `(${spec.text})` : spec.text;
}

function mergeBuilds(
  a: StringPattern | undefined,
  b: StringPattern | undefined,
  clash: () => never,
): StringPattern | undefined {
  if (a === undefined || b === undefined || a.text === b.text) return a ?? b;
  if (a.kind === 'exact') return b.kind !== 'exact' && matchesPattern(b, a.text) ? a : clash();
  if (b.kind === 'exact') return matchesPattern(a, b.text) ? b : clash();
  return narrower(a, b, clash) ?? parseStringPattern(`^(?=${regexBody(a)})(?:${regexBody(b)})$`);
}

/** Of two that fix only the beginning, or only the end, the one that fixes more, if it fixes the same. */
function narrower(a: StringPattern, b: StringPattern, clash: () => never): StringPattern | undefined {
  if (a.kind !== 'glob' || b.kind !== 'glob' || a.pieces.length !== 2 || b.pieces.length !== 2)
    return undefined;
  const [startA = '', endA = ''] = a.pieces;
  const [startB = '', endB = ''] = b.pieces;
  if (endA === '' && endB === '') {
    if (startB.startsWith(startA)) return b;
    return startA.startsWith(startB) ? a : clash();
  }
  if (startA !== '' || startB !== '') return undefined;
  if (endB.endsWith(endA)) return b;
  return endA.endsWith(endB) ? a : clash();
}

function regexBody(pattern: StringPattern): string {
  if (pattern.kind === 'regex') return pattern.text.slice(1, -1);
  return pattern.text.replaceAll(/[\\^$.|?+()[\]{}#&~\s-]/g, '\\$&').replaceAll('*', '.*');
}

function mergeChannels(
  a: SpecChannel | undefined,
  b: SpecChannel | undefined,
  clash: () => never,
): SpecChannel | undefined {
  if (a === undefined || b === undefined || a.text === b.text) return a ?? b;
  if (a.kind === 'pattern' && b.kind !== 'pattern') return isMember(a, b) ? b : clash();
  if (b.kind === 'pattern' && a.kind !== 'pattern') return isMember(b, a) ? a : clash();
  return clash();
}

function isMember(pattern: SpecChannel, { text, kind, ...rest }: SpecChannel): boolean {
  return kind !== 'pattern' && 'channel' in rest
    ? matchesSpecChannel(pattern, { channel: rest.channel.baseUrl, schannel: text })
    : false;
}
