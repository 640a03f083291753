/**
 * The name a dependency is about, lower-case: `numpy` of `numpy >=1.2`, `conda-forge::NumPy[version='>=1']`. Cheap: the rest of the
 * text is not looked at. Undefined for what has no plain name, and so for patterns.
 */
export function findDependencyName(spec: string): string | undefined {
  const known = names.get(spec);
  if (known !== undefined) return known === '' ? undefined : known;
  const name = NAME.exec(spec)?.[1]?.toLowerCase() ?? '';
  // Dependencies repeat a hundredfold within a channel.
  if (names.size > 200_000) names.clear();
  names.set(spec, name);
  return name === '' ? undefined : name;
}

const names = new Map<string, string>();

const NAME = /^\s*(?:[^\s[\]()]*:)?([A-Za-z0-9_][A-Za-z0-9_.-]*)\s*(?:$|[\s=<>!~[;(,])/;
