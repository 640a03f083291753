import { formatBracketValue } from './match-spec-brackets.ts';
import type { MatchSpec } from './match-spec.ts';

/** The canonical form, as conda prints it and stores it in the history. It parses to the same spec. */
export function formatMatchSpec(spec: MatchSpec): string {
  const brackets: string[] = [];
  const channel = formatChannel(spec, brackets);
  const version = formatVersion(spec, brackets);
  const build = formatBuild(spec, version.startsWith('=='), brackets);
  const others: readonly (readonly [string, string | undefined])[] = [
    ['build_number', spec.buildNumber?.text],
    ['track_features', spec.trackFeatures?.join(' ')],
    ['features', spec.features?.join(' ')],
    ['url', spec.channel === undefined ? spec.url : undefined],
    ['md5', spec.md5],
    ['sha256', spec.sha256],
    ['license', spec.license?.text],
    ['license_family', spec.licenseFamily?.text],
    ['fn', spec.url === undefined ? spec.fn : undefined],
    ['when', spec.when],
  ];
  for (const [key, value] of others) {
    if (value !== undefined) brackets.push(`${key}=${formatBracketValue(value, /[, =#]/.test(value))}`);
  }
  if (spec.extras !== undefined) brackets.push(`extras=${formatList(spec.extras)}`);
  if (spec.flags !== undefined) brackets.push(`flags=${formatList(spec.flags.map((flag) => flag.text))}`);
  const tail = brackets.length === 0 ? '' : `[${brackets.join(',')}]`;
  return `${channel}${spec.name}${version}${build}${tail}`;
}

/** `name version build` with single spaces, as recipes and solvers want it; undefined for a name that is a pattern. */
export function formatBuildForm(spec: MatchSpec): string | undefined {
  if (spec.exactName === undefined) return undefined;
  const version = spec.version?.text ?? (spec.build === undefined ? undefined : '*');
  return [spec.exactName, version, spec.build?.text].filter((part) => part !== undefined).join(' ');
}

function formatChannel({ channel, subdir }: MatchSpec, brackets: string[]): string {
  // A filter of platforms before `::` would be taken for the brackets of the spec.
  const isFiltered = channel?.text.endsWith(']') === true && subdir === undefined;
  if (channel !== undefined && channel.kind !== 'pattern' && !isFiltered) {
    return `${channel.text}${subdir === undefined ? '' : `/${subdir}`}::`;
  }
  if (channel !== undefined && channel.text !== '*') {
    brackets.push(`channel=${formatBracketValue(channel.text, /[, =#]/.test(channel.text))}`);
  }
  if (subdir !== undefined) brackets.push(`subdir=${subdir}`);
  return '';
}

function formatVersion({ version, build }: MatchSpec, brackets: string[]): string {
  if (version === undefined || version.text === '*') return '';
  const text = version.text;
  const isUnequal = text.startsWith('!=') || text.startsWith('~=');
  if (/[><$^|,]/.test(text) || (isUnequal && build !== undefined)) {
    brackets.push(`version=${formatBracketValue(text, true)}`);
    return '';
  }
  if (isUnequal || text.startsWith('==')) return text;
  if (text.endsWith('.*')) return `=${text.slice(0, -2)}`;
  return text.endsWith('*') ? `=${text.slice(0, -1)}` : `==${text}`;
}

function formatBuild({ build }: MatchSpec, isExact: boolean, brackets: string[]): string {
  if (build === undefined) return '';
  if (isExact && !/[><$^|,*]/.test(build.text)) return `=${build.text}`;
  brackets.push(`build=${formatBracketValue(build.text, /[><$^|,#]/.test(build.text))}`);
  return '';
}

function formatList(values: readonly string[]): string {
  return `[${values
    .toSorted()
    .map((value) => `'${value}'`)
    .join(', ')}]`;
}
