import { TcondaError } from '../errors.ts';
import { parseCondition, type Condition } from '../model/match-spec-condition.ts';
import type { MatchSpec } from '../model/match-spec.ts';
import { shorten } from '../model/shorten.ts';

/** When a conditional dependency applies (CEP 43): it does if every spec of one of these holds. */
export type Alternatives = readonly (readonly MatchSpec[])[];

/** Nobody writes more, and `(a or b) and (c or d) and ...` would have one more with each bit. */
const MAX_ALTERNATIVES = 256;

const ALWAYS: Alternatives = [[]];
const NEVER: Alternatives = [];

/**
 * What is left of a condition once some specs are decided: {@link Alternatives} of those that are not. An empty one among
 * them, which is then the only one, says that it always holds; none at all that it never does.
 *
 * @param decide undefined for what is still open
 * @throws {TcondaError} `INVALID_MATCH_SPEC`
 */
export function openAlternatives(
  text: string,
  decide: (spec: MatchSpec) => boolean | undefined,
): Alternatives {
  const expand = (condition: Condition): Alternatives => {
    if (condition.kind === 'spec') {
      const isMet = decide(condition.spec);
      if (isMet === undefined) return [[condition.spec]];
      return isMet ? ALWAYS : NEVER;
    }
    const parts = condition.conditions.map(expand);
    return condition.kind === 'or' ? either(parts) : parts.reduce(both, ALWAYS);
  };
  const either = (parts: readonly Alternatives[]): Alternatives =>
    parts.some((part) => part.some((specs) => specs.length === 0)) ? ALWAYS : limited(parts.flat());
  const both = (left: Alternatives, right: Alternatives): Alternatives =>
    limited(left.length * right.length > MAX_ALTERNATIVES ? undefined : joined(left, right));
  const limited = (alternatives: Alternatives | undefined): Alternatives => {
    if (alternatives !== undefined && alternatives.length <= MAX_ALTERNATIVES) return alternatives;
    throw new TcondaError(
      'INVALID_MATCH_SPEC',
      `Invalid condition '${shorten(text, 120)}': it has too many alternatives`,
      { data: { spec: text, position: 0 } },
    );
  };
  return expand(parseCondition(text));
}

function joined(left: Alternatives, right: Alternatives): Alternatives {
  return left.flatMap((one) => right.map((other) => [...new Set([...one, ...other])]));
}
