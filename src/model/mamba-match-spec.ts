import { parseMambaChannel } from './mamba-channel.ts';
import { parseMatchSpec, type MatchSpecOptions } from './match-spec-text.ts';
import type { MatchSpec } from './match-spec.ts';

/** `channel[platforms]::rest`; a spec in brackets has no `]` right before its `::`. */
const FILTERED = /^([^[\]\s]+\[[^[\]=]*\])::(.*)$/s;

/**
 * Reads a spec as mamba does where that differs in which packages are meant: brackets behind a channel hold the platforms
 * that count. conda reads over them there.
 * @throws {TcondaError} `INVALID_MATCH_SPEC`, with `data.position`
 */
export function parseMambaMatchSpec(text: string, options?: MatchSpecOptions): MatchSpec {
  const [, filtered, rest = ''] = FILTERED.exec(text.trim()) ?? [];
  if (filtered === undefined) return parseMatchSpec(text, options);
  const { platforms } = parseMambaChannel(filtered);
  if (platforms.length === 0) return parseMatchSpec(text, options);
  const named = parseMatchSpec(`${filtered.slice(0, filtered.indexOf('['))}::${rest}`, options);
  const filter = parseMatchSpec(`*[channel='${filtered}']`, options);
  return { ...named, channel: filter.channel, text };
}
