import type { ChannelSettings } from './channel.ts';
import { findBrackets } from './match-spec-brackets.ts';
import type { Brackets } from './match-spec-brackets.ts';
import { MatchSpecError } from './match-spec-error.ts';
import { withoutCredentials } from './match-spec-archive.ts';
import { maskRegexes } from './match-spec-regex.ts';
import type { SpecFields } from './match-spec-fields.ts';
import { shorten } from './shorten.ts';
import { parseSpecChannel } from './spec-channel.ts';

/**
 * Takes a spec apart into the texts of its fields: `[channel[/subdir]:[namespace]:]name [version [build]] [[key=value,...]]`.
 * @throws {MatchSpecError | RegexError}
 */
export function splitMatchSpec(text: string, settings: ChannelSettings): SpecFields {
  const notes: string[] = [];
  const regexEnd = endOfNameRegex(text);
  const { masked, restore } = maskRegexes(text, regexEnd);
  const brackets = findBrackets(masked, regexEnd);
  const unbracketed =
    brackets === undefined ? masked : masked.slice(0, brackets.start) + masked.slice(brackets.end);
  const unconditional = withoutCondition(unbracketed, notes);
  const body = regexEnd > 0 ? unconditional : withoutParentheses(unconditional, notes);
  const { channelText, start } = splitPrefix(body, regexEnd);
  const named = splitName(body, start, notes);
  const split = splitBuild(named.rest, named.restStart);
  const [positionalVersion, positionalBuild] = restore(split.version, split.build);
  if (brackets !== undefined) noteWhatIsReadOver(brackets, notes);

  const values = new Map(brackets?.values);
  values.delete('name');
  const place = placeOf(channelText, take(values, 'channel'), settings);
  const subdir = take(values, 'subdir') ?? place.subdir;
  const build = take(values, 'build');
  const version =
    rewriteEquals(take(values, 'version'), undefined) ?? rewriteEquals(positionalVersion, positionalBuild);
  const url = take(values, 'url');
  const fields: SpecFields = {
    text,
    name: named.name,
    version,
    build: build ?? positionalBuild,
    channel: place.channel,
    subdir,
    buildNumber: take(values, 'build_number'),
    fn: take(values, 'fn'),
    url: url === undefined ? undefined : withoutCredentials(url),
    md5: take(values, 'md5'),
    sha256: take(values, 'sha256'),
    license: take(values, 'license'),
    licenseFamily: take(values, 'license_family'),
    trackFeatures: takeWords(values, 'track_features'),
    features: takeWords(values, 'features'),
    extras: takeList(values, 'extras'),
    flags: takeList(values, 'flags'),
    when: take(values, 'when'),
    notes,
  };
  for (const ignored of ['namespace', 'optional', 'target']) values.delete(ignored);
  const [unknown] = values.keys();
  if (unknown !== undefined) {
    const position = text.indexOf(`${unknown}=`, brackets?.start);
    throw new MatchSpecError(`unknown key '${shorten(unknown)}'`, position);
  }
  return fields;
}

/** Where a name given as `^regex$` ends, since any sign may stand in it; 0 when there is none. */
function endOfNameRegex(text: string): number {
  const caret = text.startsWith('^') ? 0 : text.indexOf(':^') + 1;
  if (caret === 0 && !text.startsWith('^')) return 0;
  const match = /\$(?=[ =<>!~[]|$)/.exec(text.slice(caret));
  return match === null ? 0 : caret + match.index + 1;
}

/** An early draft wrote conditions so; conda cuts them off. */
function withoutCondition(text: string, notes: string[]): string {
  const at = text.indexOf(' if ');
  if (at === -1) return text;
  notes.push(`'${text.slice(at + 1)}' is ignored; a condition is written [when='${text.slice(at + 4)}']`);
  return text.slice(0, at);
}

/** conda drops one group in parentheses, where old specs had `(optional,target=x)`, whatever is in it. */
function withoutParentheses(text: string, notes: string[]): string {
  const close = text.lastIndexOf(')');
  const open = close === -1 ? -1 : text.lastIndexOf('(', close);
  if (open === -1) return text;
  const inside = text.slice(open + 1, close);
  if (!inside.split(',').every((item) => /^(?:optional|target=.*|)$/s.test(item.trim()))) {
    notes.push(`'(${inside})' is ignored; a version in parentheses is written [version='(${inside})']`);
  }
  return text.slice(0, open) + text.slice(close + 1);
}

/** `channel:namespace:name`, split from the right since URLs hold colons too. */
function splitPrefix(text: string, regexEnd: number): { channelText: string; start: number } {
  const limit = regexEnd > 0 ? text.lastIndexOf('^', regexEnd) : text.length;
  const last = text.lastIndexOf(':', limit);
  if (last === -1) return { channelText: '', start: 0 };
  const before = last === 0 ? -1 : text.lastIndexOf(':', last - 1);
  return { channelText: before === -1 ? '' : text.slice(0, before), start: last + 1 };
}

function splitName(
  text: string,
  start: number,
  notes: string[],
): { name: string; rest: string; restStart: number } {
  const end = text.startsWith('^', start) ? endOfNameRegex(text.slice(start)) : 0;
  const at = end > 0 ? start + end : start + nameLength(text.slice(start));
  const name = text.slice(start, at);
  const rest = text.slice(at);
  if (name === '') {
    if (text.trim() === '') return { name: '*', rest: '', restStart: at };
    throw new MatchSpecError('there is no package name', start);
  }
  if (rest.length !== 1) return { name, rest: rest.trim(), restStart: at };
  // conda looks for a sign and something after it, and so takes no notice of a lone sign.
  if (rest !== ' ' && rest !== '=') notes.push(`'${rest}' after the name is ignored`);
  return { name, rest: '', restStart: at };
}

function nameLength(text: string): number {
  const length = text.search(/[ =<>!~]/);
  return length === -1 ? text.length : length;
}

/**
 * Splits `version build`: the build is the last word, after a space or a single `=` that does not belong to an operator.
 */
function splitBuild(rest: string, start: number): { version: string | undefined; build: string | undefined } {
  if (rest === '') return { version: undefined, build: undefined };
  if (rest.includes('[')) throw new MatchSpecError('there is more than one group of brackets', start);
  const from = Math.max(1, lastSign(rest));
  let last = rest.slice(0, from).trimEnd().slice(-1);
  for (let at = from; at < rest.length; at++) {
    const char = rest.charAt(at);
    if ((char === ' ' || char === '=') && last !== '' && !'=!|,<>~'.includes(last)) {
      const build = rest.slice(at + 1).trim();
      return build === '' ? { version: rest, build: undefined } : { version: rest.slice(0, at), build };
    }
    if (char !== ' ') last = char;
  }
  return { version: rest, build: undefined };
}

/** The build holds none of these, so it begins at the last one or later. */
function lastSign(text: string): number {
  let at = text.length - 1;
  while (at > 0 && !'-=,|<>~'.includes(text.charAt(at))) at--;
  return at;
}

/**
 * What a leading `=` means: `=1.2` begins with 1.2, `==1.2` is exactly that, and so is `=1.2` together with a build.
 * A sign without version is left for the version's reader to refuse.
 */
function rewriteEquals(text: string | undefined, build: string | undefined): string | undefined {
  const version = text?.replaceAll(' ', '');
  if (version === undefined || version === '=' || version === '==') return version;
  if (version.startsWith('==')) return version.slice(2);
  const rest = version.slice(1);
  if (!version.startsWith('=') || /[=,|]/.test(rest)) return version;
  return build !== undefined || rest.endsWith('*') ? rest : `${rest}*`;
}

function noteWhatIsReadOver(brackets: Brackets, notes: string[]): void {
  for (const item of brackets.stray) {
    notes.push(`'${item}' in brackets is ignored, since it is not of the form key=value`);
  }
  if (brackets.values.has('name')) notes.push("'name' in brackets is ignored");
}

function placeOf(
  prefix: string,
  inBrackets: string | undefined,
  settings: ChannelSettings,
): Pick<SpecFields, 'channel' | 'subdir'> {
  const outer = prefix === '' ? undefined : parseSpecChannel(prefix, settings);
  const inner = inBrackets === undefined ? undefined : parseSpecChannel(inBrackets, settings);
  return { channel: inner?.channel ?? outer?.channel, subdir: inner?.subdir ?? outer?.subdir };
}

type Values = Map<string, string | readonly string[]>;

function take(values: Values, key: string): string | undefined {
  const value = values.get(key);
  values.delete(key);
  if (typeof value === 'object') throw new MatchSpecError(`'${key}' is no list`, 0);
  return value;
}

function takeWords(values: Values, key: string): readonly string[] | undefined {
  return take(values, key)
    ?.split(/[\s,]+/)
    .filter((word) => word !== '');
}

function takeList(values: Values, key: string): readonly string[] | undefined {
  const value = values.get(key);
  values.delete(key);
  return typeof value === 'string' ? [value.trim()] : value;
}
