import { TcondaError } from '../errors.ts';
import { isPackageFile } from './channel-url.ts';
import type { ChannelSettings } from './channel.ts';
import { RegexError } from './regex-character.ts';
import { readArchivePlace, withoutCredentials } from './match-spec-archive.ts';
import { MatchSpecError } from './match-spec-error.ts';
import { positionInSpec } from './match-spec-position.ts';
import { buildMatchSpec } from './match-spec-fields.ts';
import { formatMatchSpec } from './match-spec-format.ts';
import { splitMatchSpec } from './match-spec-split.ts';
import type { MatchSpec } from './match-spec.ts';
import { ParseCache } from './parse-cache.ts';
import { shorten } from './shorten.ts';
import { DEFAULT_CHANNEL_SETTINGS, specChannelOf } from './spec-channel.ts';

export { formatBuildForm, formatMatchSpec } from './match-spec-format.ts';

export interface MatchSpecOptions {
  /** What channel names mean and where relative paths start; conda's defaults and `/` when left out. */
  readonly channels?: ChannelSettings;
}

const caches = new WeakMap<ChannelSettings, ParseCache<MatchSpec>>();
const defaultCache = cacheOf(DEFAULT_CHANNEL_SETTINGS);

/**
 * Reads a spec in any form that conda accepts (CEP 29, 43, 44, 45): `numpy`, `numpy=1.26`, `numpy >=1,<2 py*`,
 * `channel/subdir::name[version='>=1',build=...]`, globs, `^regex$`, URLs and paths of packages. A text read
 * not long ago gives the same object.
 * @throws {TcondaError} `INVALID_MATCH_SPEC`, with `data.position`
 */
export function parseMatchSpec(text: string, options: MatchSpecOptions = {}): MatchSpec {
  const settings = options.channels ?? DEFAULT_CHANNEL_SETTINGS;
  const cache = settings === DEFAULT_CHANNEL_SETTINGS ? defaultCache : cacheOf(settings);
  const known = cache.get(text);
  if (known !== undefined) return known;
  const spec = readGuarded(text, settings);
  cache.set(text, spec);
  return spec;
}

/** As {@link parseMatchSpec}, but undefined where that throws: what stands in a record need not be a spec. */
export function findMatchSpec(text: string, options: MatchSpecOptions = {}): MatchSpec | undefined {
  try {
    return parseMatchSpec(text, options);
  } catch (error) {
    if (error instanceof TcondaError) return undefined;
    throw error;
  }
}

function cacheOf(settings: ChannelSettings): ParseCache<MatchSpec> {
  let cache = caches.get(settings);
  if (cache === undefined) {
    cache = new ParseCache(1 << 17);
    caches.set(settings, cache);
  }
  return cache;
}

function readGuarded(text: string, settings: ChannelSettings): MatchSpec {
  try {
    return readDependency(text) ?? readGeneral(text, settings);
  } catch (error) {
    if (error instanceof TcondaError && error.code === 'INVALID_MATCH_SPEC') throw error;
    const isOurs =
      error instanceof TcondaError || error instanceof RegexError || error instanceof MatchSpecError;
    if (!isOurs) throw error;
    const { reason, position } = describe(error, withoutCredentials(text));
    const shown = withoutCredentials(shorten(text, 120));
    throw new TcondaError('INVALID_MATCH_SPEC', `Invalid spec '${shown}': ${reason}`, {
      cause: error,
      data: { spec: withoutCredentials(text), position },
    });
  }
}

/** What is wrong, and where in the whole text as far as that can be told. */
function describe(
  error: TcondaError | RegexError | MatchSpecError,
  text: string,
): { readonly reason: string; readonly position: number } {
  if (!(error instanceof TcondaError)) {
    const indent = text.length - text.trimStart().length;
    return { reason: error.message, position: Math.min(indent + error.position, text.length) };
  }
  const { spec, name, reason, position } = error.data;
  const part = typeof spec === 'string' ? spec : typeof name === 'string' ? name : '';
  const why =
    typeof reason === 'string'
      ? `the version '${shorten(part)}' is not understood, ${reason}`
      : error.message;
  const offset = typeof position === 'number' ? position : 0;
  return { reason: why, position: positionInSpec(text, part.replace(/\*$/, ''), offset) };
}

/** `name`, `name version` and `name version build` as repodata writes nearly all of its dependencies. */
const DEPENDENCY = /^([a-z0-9_.-]+)(?: ([0-9<>!*][\w.*+!<>=|,]*)(?: ([\w.*+]+))?)?$/;

function readDependency(text: string): MatchSpec | undefined {
  const match = DEPENDENCY.exec(text);
  if (match === null) return undefined;
  const [, name = '', version, build] = match;
  // A build may also follow a `=`, which only the general reader takes apart.
  if (isPackageFile(text) || (version !== undefined && /[\w.*+]=|[!<>=|,]$/.test(version))) return undefined;
  return buildMatchSpec({ text, name, version, build });
}

function readGeneral(text: string, settings: ChannelSettings): MatchSpec {
  if (text.endsWith('@')) return buildMatchSpec({ text, name: '*', trackFeatures: [text.slice(0, -1)] });
  const plain = withoutComment(text).trimStart();
  const trimmed = plain.trimEnd();
  if (trimmed === '' && text !== '') throw new MatchSpecError('there is no package name', 0);
  if (isPackageFile(trimmed)) return readArchive(trimmed, settings);
  const spec = buildMatchSpec(splitMatchSpec(plain, settings));
  return withoutCredentials(text) === text ? spec : { ...spec, text: formatMatchSpec(spec) };
}

function readArchive(text: string, settings: ChannelSettings): MatchSpec {
  const place = readArchivePlace(text, settings);
  if (place === undefined) throw new MatchSpecError('the file name is not name-version-build', 0);
  const shown = withoutCredentials(text);
  if (place.kind === 'loose') return buildMatchSpec({ text: shown, name: '*', fn: place.fn, url: place.url });
  const { name, version, build, subdir, fn, url } = place;
  const channel = specChannelOf(place.channel, place.channel.canonicalName);
  return buildMatchSpec({ text: shown, name, version, build, channel, subdir, fn, url });
}

/** Everything from the first `#` that is not quoted inside brackets. */
function withoutComment(text: string): string {
  if (!text.includes('#')) return text;
  let depth = 0;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === '#') {
      return text.slice(0, at);
    } else if (char === '[') {
      depth++;
    } else if (char === ']') {
      depth--;
    } else if (depth > 0 && (char === '"' || char === "'")) {
      quote = char;
    }
  }
  return text;
}
