/**
 * A small generator of pseudo-random numbers: the same seed, the same sequence.
 * @param {number} seed
 */
export function createRandom(seed) {
  let state = seed >>> 0;
  /** @returns {number} from 0 to below 1 */
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    /** @param {number} count @returns {number} a whole number from 0 to below `count` */
    below: (count) => Math.floor(next() * count),
    /** @template T @param {readonly T[]} items @returns {T} */
    pick: (items) => /** @type {T} */ (items[Math.floor(next() * items.length)]),
    /** About normally distributed, mean 0, deviation 1. */
    normal: () => (next() + next() + next() + next() - 2) * Math.sqrt(3),
    /** @param {number} digits */
    hex(digits) {
      let text = '';
      while (text.length < digits) {
        text += Math.floor(next() * 4294967296)
          .toString(16)
          .padStart(8, '0');
      }
      return text.slice(0, digits);
    },
  };
}
