const BOUNDARIES = ' =,|';
const HIDDEN = '\u0001';

/** A spec's text without what its regular expressions hold. */
export interface MaskedSpec {
  /** As long as the text, so that positions stay. */
  readonly masked: string;
  /** Puts the expressions back into the parts of the masked text, given in their order. */
  readonly restore: (...parts: readonly (string | undefined)[]) => (string | undefined)[];
}

/**
 * Hides the `^regex$` that stand outside brackets in the version and build of a spec: the brackets, parentheses, colons
 * and signs in them are their own.
 *
 * @param from where the name ends if it is such an expression itself
 */
export function maskRegexes(text: string, from: number): MaskedSpec {
  const hidden: string[] = [];
  let masked = text.slice(0, from);
  let at = from;
  for (;;) {
    const start = nextRegex(text, at);
    const end = start === -1 ? -1 : text.indexOf('$', start);
    if (end === -1) break;
    hidden.push(text.slice(start, end + 1));
    masked += `${text.slice(at, start)}^${HIDDEN.repeat(end - start - 1)}$`;
    at = end + 1;
  }
  masked += text.slice(at);
  const restore: MaskedSpec['restore'] = (...parts) => {
    const due = hidden.values();
    return parts.map((part) =>
      // oxlint-disable-next-line no-control-regex -- chosen since it stands in no spec
      part?.replaceAll(/\^\u0001*\$/g, (mask) => due.next().value ?? mask),
    );
  };
  return { masked, restore };
}

/** Where the next expression begins, unless brackets begin before it. */
function nextRegex(text: string, from: number): number {
  for (let at = from; at < text.length && text.charAt(at) !== '['; at++) {
    if (text.charAt(at) === '^' && at > 0 && BOUNDARIES.includes(text.charAt(at - 1))) return at;
  }
  return -1;
}
