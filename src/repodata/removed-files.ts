/** Of the file names that an index lists under `removed` those of `names`. */
export function removedOf(listed: unknown, names: readonly string[]): readonly string[] {
  if (!Array.isArray(listed)) return [];
  const wanted = new Set(names);
  return listed.filter(
    (fn): fn is string => typeof fn === 'string' && /^[\w.+!=-]+$/.test(fn) && wanted.has(nameOfFile(fn)),
  );
}

/** `name-version-build.conda`; neither version nor build holds a dash. */
function nameOfFile(fn: string): string {
  return fn.split('-').slice(0, -2).join('-').toLowerCase();
}
