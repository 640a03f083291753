/**
 * Sorts the suffixes of `text`, whose values are below `alphabet`, in linear time by induced sorting (SA-IS: Nong, Zhang, Chan 2009).
 * A suffix that is the beginning of another comes before it. Gives where each begins.
 */
export function sortSuffixes(text: Int32Array | Uint8Array, alphabet: number): Int32Array {
  const n = text.length;
  const order = new Int32Array(n);
  if (n < 2) return order;

  // A suffix is small when it comes before the next one; leftmost of their stretch are the ones that all else follows from.
  const isSmall = new Uint8Array(n);
  for (let i = n - 2; i >= 0; i -= 1) {
    const here = text[i] as number;
    const next = text[i + 1] as number;
    isSmall[i] = here < next || (here === next && isSmall[i + 1] === 1) ? 1 : 0;
  }
  const buckets = bucketEnds(text, alphabet);
  const leftmost: number[] = [];
  for (let i = 1; i < n; i += 1) if (isSmall[i] === 1 && isSmall[i - 1] === 0) leftmost.push(i);

  induce(text, order, isSmall, buckets, leftmost);
  if (leftmost.length < 2) return order;

  // Names for the stretches in the order found; when two are the same, sort what is left of the text by these names.
  const place = new Int32Array(n).fill(-1);
  for (const [index, start] of leftmost.entries()) place[start] = index;
  const names = new Int32Array(leftmost.length);
  let name = 0;
  let previous = -1;
  for (let i = 0; i < n; i += 1) {
    const start = order[i] as number;
    const index = place[start] as number;
    if (index < 0) continue;
    if (previous >= 0 && !isSameStretch(text, leftmost, previous, index)) name += 1;
    names[index] = name;
    previous = index;
  }
  const sorted = sortSuffixes(names, name + 1);
  induce(
    text,
    order,
    isSmall,
    buckets,
    Array.from(sorted, (index) => leftmost[index] as number),
  );
  return order;
}

/** For each value, where the suffixes that begin with it end in the order. */
function bucketEnds(text: Int32Array | Uint8Array, alphabet: number): Int32Array {
  const ends = new Int32Array(alphabet + 1);
  for (const value of text) ends[value + 1] = (ends[value + 1] as number) + 1;
  for (let value = 0; value < alphabet; value += 1)
    ends[value + 1] = (ends[value + 1] as number) + (ends[value] as number);
  return ends;
}

/** Fills `order` from the leftmost small suffixes, given in their order: first the large ones from the left, then the small from the right. */
function induce(
  text: Int32Array | Uint8Array,
  order: Int32Array,
  isSmall: Uint8Array,
  buckets: Int32Array,
  leftmost: readonly number[],
): void {
  const n = text.length;
  order.fill(-1);
  const tails = buckets.slice(1);
  for (let i = leftmost.length - 1; i >= 0; i -= 1) {
    const start = leftmost[i] as number;
    const value = text[start] as number;
    const tail = (tails[value] as number) - 1;
    tails[value] = tail;
    order[tail] = start;
  }

  const heads = buckets.slice();
  const putLarge = (start: number): void => {
    const value = text[start] as number;
    const head = heads[value] as number;
    heads[value] = head + 1;
    order[head] = start;
  };
  putLarge(n - 1);
  for (let i = 0; i < n; i += 1) {
    const start = (order[i] as number) - 1;
    if (start >= 0 && isSmall[start] === 0) putLarge(start);
  }

  tails.set(buckets.subarray(1));
  for (let i = n - 1; i >= 0; i -= 1) {
    const start = (order[i] as number) - 1;
    if (start < 0 || isSmall[start] === 0) continue;
    const value = text[start] as number;
    const tail = (tails[value] as number) - 1;
    tails[value] = tail;
    order[tail] = start;
  }
}

/** Whether the stretches from one leftmost small suffix to the next are equal. */
function isSameStretch(
  text: Int32Array | Uint8Array,
  leftmost: readonly number[],
  a: number,
  b: number,
): boolean {
  const startA = leftmost[a] as number;
  const startB = leftmost[b] as number;
  const endA = leftmost[a + 1] ?? text.length;
  const endB = leftmost[b + 1] ?? text.length;
  if (endA - startA !== endB - startB || endA === text.length || endB === text.length) return false;
  for (let i = 0; i <= endA - startA; i += 1) if (text[startA + i] !== text[startB + i]) return false;
  return true;
}
