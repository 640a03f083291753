import { TcondaError } from '../errors.ts';
import { type CacheCleanables, type Cleanable, sizeOfCaches } from '../fetch/index.ts';
import { parseCutoff } from '../model/cutoff.ts';
import type { OptionValues } from './command.ts';
import { readText } from './option-values.ts';

type Found<Part> = readonly (readonly [Part, readonly CacheCleanables[]])[];

/**
 * What of all that could be removed is to be, as `--older-than` and `--max-size` say.
 * @throws {TcondaError} `INVALID_VALUE`
 */
export function chooseItems<Part extends { readonly isSized: boolean }>(
  found: Found<Part>,
  options: OptionValues,
  pkgsDirs: readonly string[],
  now: number,
): Found<Part> {
  const age = readText(options, 'olderThan');
  const cutoff = age === undefined ? Infinity : parseCutoff(age, now);
  const sizeText = readText(options, 'maxSize');
  const old = keep(found, (item, part) => !part.isSized || item.lastUse < cutoff);
  if (sizeText === undefined) return old;
  const sized = old.filter(([part]) => part.isSized).flatMap(([, caches]) => caches);
  const doomed = longestUnused(
    sized.flatMap(({ items }) => items),
    sizeOfCaches(pkgsDirs) - parseSize(sizeText),
  );
  return keep(old, (item, part) => !part.isSized || doomed.has(item));
}

/** So many of the items, the longest unused first, as together have `excess` bytes. */
function longestUnused(items: readonly Cleanable[], excess: number): ReadonlySet<Cleanable> {
  const doomed = new Set<Cleanable>();
  let left = excess;
  for (const item of items.toSorted((a, b) => a.lastUse - b.lastUse)) {
    if (left <= 0) break;
    doomed.add(item);
    left -= item.size;
  }
  return doomed;
}

function keep<Part>(found: Found<Part>, isWanted: (item: Cleanable, part: Part) => boolean): Found<Part> {
  return found.map(([part, caches]) => [
    part,
    caches.flatMap(({ pkgsDir, items }) => {
      const left = items.filter((item) => isWanted(item, part));
      return left.length === 0 ? [] : [{ pkgsDir, items: left }];
    }),
  ]);
}

/** Bytes: `500MB`, `1.5 GiB`, `4096`. @throws {TcondaError} `INVALID_VALUE` */
export function parseSize(text: string): number {
  const [, number, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*$/i.exec(text) ?? [];
  if (number === undefined) {
    throw new TcondaError('INVALID_VALUE', `'${text}' is no size`, { hint: 'Write it like 500MB or 10GB' });
  }
  return Number(number) * 1024 ** ['', 'k', 'm', 'g', 't'].indexOf(unit.toLowerCase());
}
