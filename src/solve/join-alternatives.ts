import type { ExplainLimits } from './explain-limits.ts';

/** Dependencies on one name in few words: `python >=3.9,<3.10 or >=3.10,<3.11 or 2 others`. */
export function joinAlternatives(texts: readonly string[], limits: ExplainLimits): string {
  const distinct = [...new Set(texts)];
  const name = nameOf(distinct[0] ?? '');
  const shown = distinct
    .slice(0, limits.alternatives)
    .map((text, index) =>
      index === 0 || nameOf(text) !== name ? text : text.slice(name.length).trim() || text,
    );
  const left = distinct.length - shown.length;
  return [...shown, ...(left > 0 ? [`${left} ${left === 1 ? 'other' : 'others'}`] : [])].join(' or ');
}

/** The name in a dependency, however it goes on. */
export function nameOf(text: string): string {
  return /^[^\s=<>!~[]+/.exec(text)?.[0] ?? text;
}
