/**
 * A test of paths against any of some patterns: `*` is anything within a folder, `**` anything at all; a pattern that
 * names a folder takes in what lies below it.
 * @param {readonly string[]} patterns
 * @returns {(path: string) => boolean}
 */
export function createPathFilter(patterns) {
  if (patterns.length === 0) return () => false;
  const sources = patterns.map((pattern) =>
    pattern
      .split(/(\*\*\/?|\*)/)
      .map((part) =>
        part === '*' ? '[^/]*' : part === '**/' ? '(?:.*/)?' : part === '**' ? '.*' : escape(part),
      )
      .join(''),
  );
  const expression = new RegExp(`^(?:${sources.join('|')})(?:/.*)?$`);
  return (path) => expression.test(path);
}

/** @param {string} text */
function escape(text) {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}
