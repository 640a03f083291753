/** Runs actions, at most so many at once; the others wait in the order they came. */
export interface Limit {
  <T>(action: () => Promise<T>): Promise<T>;
}

/** Makes a {@link Limit}. `count` below 1 counts as 1. */
export function createLimit(count: number): Limit {
  const free = { slots: Math.max(1, Math.floor(count)) };
  const waiting: (() => void)[] = [];
  return async (action) => {
    if (free.slots > 0) free.slots -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await action();
    } finally {
      // A slot passes straight to the next in line, so that a newcomer can't jump in between.
      const next = waiting.shift();
      if (next === undefined) free.slots += 1;
      else next();
    }
  };
}

/** `action` over `items`, at most `count` at once; results in the order of `items`. The first failure stops the start of further ones. */
export async function mapLimited<T, R>(
  items: readonly T[],
  count: number,
  action: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let failed = false;
  const work = async (): Promise<void> => {
    while (!failed && next < items.length) {
      const index = next++;
      try {
        // oxlint-disable-next-line no-await-in-loop -- a worker takes one item after the other
        results[index] = await action(items[index] as T, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(Math.max(1, count), items.length) }, work));
  return results;
}
