import { huffmanLengths } from './huffman-lengths.ts';

/** So many symbols in a row share a table. */
export const GROUP = 50;
/** The longest code. */
export const MAX_LENGTH = 17;

/** How a block's symbols are coded. */
export interface Coding {
  readonly tables: readonly Uint8Array[];
  /** Which table each group of 50 symbols uses. */
  readonly selectors: Uint8Array;
}

/** Chooses the tables of a block of symbols below `alphabet`: starts with tables for bands of symbols and lets groups choose and tables follow, four times. */
export function chooseTables(symbols: Uint16Array, alphabet: number): Coding {
  const length = symbols.length;
  const count = length < 200 ? 2 : length < 600 ? 3 : length < 1200 ? 4 : length < 2400 ? 5 : 6;
  const selectors = new Uint8Array(Math.ceil(length / GROUP));
  let tables = initialTables(symbols, alphabet, count);
  for (let round = 0; round < 4; round += 1) {
    const weights = tables.map(() => new Uint32Array(alphabet));
    for (let group = 0; group < selectors.length; group += 1) {
      const members = symbols.subarray(group * GROUP, (group + 1) * GROUP);
      let best = 0;
      let bestCost = Infinity;
      for (const [index, lengths] of tables.entries()) {
        let cost = 0;
        for (const symbol of members) cost += lengths[symbol] as number;
        if (cost < bestCost) [best, bestCost] = [index, cost];
      }
      selectors[group] = best;
      const weight = weights[best] as Uint32Array;
      for (const symbol of members) weight[symbol] = (weight[symbol] as number) + 1;
    }
    tables = weights.map((weight) => huffmanLengths(weight, MAX_LENGTH));
  }
  return { tables, selectors };
}

/** One table for each band of symbols that together occur about equally often: short codes inside, long outside. */
function initialTables(symbols: Uint16Array, alphabet: number, count: number): Uint8Array[] {
  const weights = new Uint32Array(alphabet);
  for (const symbol of symbols) weights[symbol] = (weights[symbol] as number) + 1;
  const tables: Uint8Array[] = [];
  let start = 0;
  let left = symbols.length;
  for (let index = 0; index < count; index += 1) {
    const share = left / (count - index);
    let end = start;
    let sum = 0;
    while (end < alphabet && (sum < share || end === start)) {
      sum += weights[end] as number;
      end += 1;
    }
    tables.push(new Uint8Array(alphabet).fill(15).fill(0, start, end));
    start = end;
    left -= sum;
  }
  return tables;
}
