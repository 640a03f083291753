import type { MatchSpec } from './match-spec.ts';
import { parsePackageName } from './package-name.ts';
import type { SpecChannel } from './spec-channel.ts';
import { parseStringPattern } from './string-pattern.ts';
import type { StringPattern } from './string-pattern.ts';
import { parseVersionSpec } from './version-spec.ts';

/** The fields of a spec as text, none of them checked. */
export interface SpecFields {
  readonly text: string;
  readonly name: string;
  readonly version?: string | undefined;
  readonly build?: string | undefined;
  readonly buildNumber?: string | undefined;
  readonly channel?: SpecChannel | undefined;
  readonly subdir?: string | undefined;
  readonly fn?: string | undefined;
  readonly url?: string | undefined;
  readonly md5?: string | undefined;
  readonly sha256?: string | undefined;
  readonly license?: string | undefined;
  readonly licenseFamily?: string | undefined;
  readonly trackFeatures?: readonly string[] | undefined;
  readonly features?: readonly string[] | undefined;
  readonly extras?: readonly string[] | undefined;
  readonly flags?: readonly string[] | undefined;
  readonly when?: string | undefined;
  readonly notes?: readonly string[] | undefined;
}

const NO_NOTES: readonly string[] = [];

/**
 * Makes a spec of its fields. Every spec has the same shape, which keeps matching fast.
 * @throws {TcondaError | RegexError} when a name, version or pattern is invalid
 */
export function buildMatchSpec(fields: SpecFields): MatchSpec {
  const name = fields.name.toLowerCase();
  const isPattern = name.includes('*') || (name.startsWith('^') && name.endsWith('$'));
  return {
    text: fields.text,
    name,
    exactName: isPattern ? undefined : parsePackageName(name),
    namePattern: isPattern && name !== '*' ? parseStringPattern(name) : undefined,
    version: fields.version === undefined ? undefined : parseVersionSpec(fields.version),
    build: pattern(fields.build),
    buildNumber: fields.buildNumber === undefined ? undefined : parseVersionSpec(fields.buildNumber),
    channel: fields.channel,
    subdir: fields.subdir,
    fn: fields.fn,
    url: fields.url,
    md5: fields.md5,
    sha256: fields.sha256,
    license: pattern(fields.license?.toLowerCase()),
    licenseFamily: pattern(fields.licenseFamily?.toLowerCase()),
    trackFeatures: fields.trackFeatures,
    features: fields.features,
    extras: fields.extras,
    flags: fields.flags?.map(parseStringPattern),
    when: fields.when,
    notes: fields.notes ?? NO_NOTES,
  };
}

function pattern(text: string | undefined): StringPattern | undefined {
  return text === undefined ? undefined : parseStringPattern(text);
}
