import { compileRegex } from './linear-regex.ts';
import type { LinearRegex } from './linear-regex.ts';

/** How one text field is to be matched (CEP 29): as it is, by a glob in which only `*` is special, or by `^regex$`. Case does not matter. */
export type StringPattern =
  | { readonly kind: 'exact'; readonly text: string; readonly folded: string }
  /** `pieces` is what stands between the stars, lower-case. */
  | { readonly kind: 'glob'; readonly text: string; readonly pieces: readonly string[] }
  | { readonly kind: 'regex'; readonly text: string; readonly regex: LinearRegex };

/** @throws {RegexError} for a regular expression that can't be used */
export function parseStringPattern(text: string): StringPattern {
  if (text.length > 1 && text.startsWith('^') && text.endsWith('$')) {
    return { kind: 'regex', text, regex: compileRegex(text) };
  }
  if (text.includes('*')) return { kind: 'glob', text, pieces: text.toLowerCase().split(/\*+/) };
  return { kind: 'exact', text, folded: text.toLowerCase() };
}

/** Time is linear in the value for a fixed pattern; no pattern can make it backtrack. */
export function matchesPattern(pattern: StringPattern, value: string): boolean {
  switch (pattern.kind) {
    case 'exact':
      return value === pattern.text || value.toLowerCase() === pattern.folded;
    case 'glob':
      return matchesPieces(pattern.pieces, value.toLowerCase());
    case 'regex':
      return pattern.regex.test(value);
  }
}

/** Taking the first place for each piece is enough: a later one leaves less room for what follows. */
function matchesPieces(pieces: readonly string[], value: string): boolean {
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) {
    return false;
  }
  const end = value.length - last.length;
  let position = first.length;
  for (let i = 1; i < pieces.length - 1; i++) {
    const piece = pieces[i] ?? '';
    const at = value.indexOf(piece, position);
    if (at === -1 || at + piece.length > end) return false;
    position = at + piece.length;
  }
  return true;
}
