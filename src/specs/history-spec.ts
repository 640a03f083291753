import { TcondaError } from '../errors.ts';
import { formatMatchSpec } from '../model/match-spec-text.ts';
import { isNameOnlySpec, type MatchSpec } from '../model/match-spec.ts';
import type { Job } from '../model/request.ts';
import { isExactVersionSpec } from '../model/version-spec.ts';

/** A spec out of the history of an environment; undefined for a text of another tool that is none. */
export function findHistorySpec(text: string, parse: (text: string) => MatchSpec): MatchSpec | undefined {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof TcondaError) return undefined;
    throw error;
  }
}

/**
 * What stands in for a former request that can't be kept as it is: the same without its build and with an exact version
 * taken loosely, if it was that strict. Undefined for any other: that one holds.
 */
export function historyFallback(
  spec: MatchSpec,
  parse: (text: string) => MatchSpec,
): readonly Job[] | undefined {
  if (spec.version === undefined || spec.build === undefined) return undefined;
  const version = isExactVersionSpec(spec.version)
    ? `${spec.version.text.replace(/^=+/, '')}.*`
    : spec.version.text;
  const channel = spec.channel === undefined ? '' : channelPart(spec);
  const loose = parse(`${channel}${spec.name} ${version}`);
  return isNameOnlySpec(loose) ? [] : [{ kind: 'install', spec: loose }];
}

function channelPart(spec: MatchSpec): string {
  const text = formatMatchSpec(spec);
  const end = text.indexOf('::');
  return end === -1 ? '' : text.slice(0, end + 2);
}
