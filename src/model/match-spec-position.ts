/** What may stand right before a name, version or build. */
const BOUNDARY = /[\s:=<>!~,|'"()[]/;
/** Beyond that a part is too short to be told from others. */
const MAX_TRIES = 100;

/**
 * Where in the text of a spec a part of it begins, and from there `offset` characters on. Spaces of the text may lack in
 * the part. 0 for a part that is not in it.
 */
export function positionInSpec(text: string, part: string, offset: number): number {
  const places = [...text.matchAll(/\S/g)].map(({ index }) => index);
  const compact = text.replaceAll(/\s+/g, '').toLowerCase();
  const wanted = part.replaceAll(/\s+/g, '').toLowerCase();
  const isPart = (at: number): boolean => {
    const start = places[at] ?? 0;
    return start === 0 || BOUNDARY.test(wanted.charAt(0)) || BOUNDARY.test(text.charAt(start - 1));
  };
  let found = compact.indexOf(wanted);
  for (let at = found, tries = 0; at !== -1 && tries < MAX_TRIES; tries += 1) {
    if (isPart(at)) {
      found = at;
      break;
    }
    at = compact.indexOf(wanted, at + 1);
  }
  return found === -1 ? 0 : (places[found + offset] ?? text.length);
}
