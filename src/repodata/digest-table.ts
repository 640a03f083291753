/** Bytes of a SHA-256. */
const DIGEST = 32;

/** The map of a shard index: names and where their digests lie, found without making a text of each of 40 000 names. */
export interface DigestTable {
  /** Where the digest of `name` begins. */
  readonly find: (name: string) => number | undefined;
  /** Every name, made when asked for. */
  readonly names: () => readonly string[];
  /** The byte behind the map. */
  readonly end: number;
}

/**
 * Steps through the members of a MessagePack map whose keys are texts and whose values are `bin` of 32 bytes.
 *
 * @param start of the first key
 * @returns undefined when it is of another kind, or cut off: then it is to be decoded like any other
 */
export function scanDigestTable(bytes: Buffer, start: number, count: number): DigestTable | undefined {
  const slots = 2 ** Math.ceil(Math.log2(Math.max(8, count * 2)));
  /** Where the key in each slot begins, and one more; 0: none. */
  const table = new Int32Array(slots);
  let position = start;
  for (let index = 0; index < count; index += 1) {
    const key = position;
    const begin = keyStart(bytes, key);
    if (begin === undefined) return undefined;
    const end = begin + keyLength(bytes, key);
    // 0xc4: bin with one byte for its length.
    if (bytes[end] !== 0xc4 || bytes[end + 1] !== DIGEST || end + 2 + DIGEST > bytes.length) return undefined;
    let slot = hash(bytes, begin, end) & (slots - 1);
    for (let other = table[slot] ?? 0; other !== 0; other = table[slot] ?? 0) {
      if (isSameKey(bytes, other - 1, begin, end)) break;
      slot = (slot + 1) & (slots - 1);
    }
    // A name that comes twice is the later one.
    table[slot] = key + 1;
    position = end + 2 + DIGEST;
  }
  return {
    end: position,
    find(name) {
      const wanted = Buffer.from(name);
      let slot = hash(wanted, 0, wanted.length) & (slots - 1);
      for (let other = table[slot] ?? 0; other !== 0; other = table[slot] ?? 0) {
        const begin = keyStart(bytes, other - 1) ?? 0;
        const end = begin + keyLength(bytes, other - 1);
        if (wanted.length === end - begin && bytes.compare(wanted, 0, wanted.length, begin, end) === 0) {
          return end + 2;
        }
        slot = (slot + 1) & (slots - 1);
      }
      return undefined;
    },
    names() {
      const names = new Set<string>();
      for (let at = start; at < position;) {
        const begin = keyStart(bytes, at) ?? 0;
        const end = begin + keyLength(bytes, at);
        names.add(bytes.toString('utf8', begin, end));
        at = end + 2 + DIGEST;
      }
      return [...names];
    },
  };
}

/** Where the bytes of the text at `at` begin; undefined when there is no text, or a long one. */
function keyStart(bytes: Buffer, at: number): number | undefined {
  const type = bytes[at] ?? 0;
  if (type >= 0xa0 && type <= 0xbf) return at + 1;
  return type === 0xd9 ? at + 2 : undefined;
}

function keyLength(bytes: Buffer, at: number): number {
  const type = bytes[at] ?? 0;
  return type === 0xd9 ? (bytes[at + 1] ?? 0) : type & 0x1f;
}

function isSameKey(bytes: Buffer, key: number, begin: number, end: number): boolean {
  const other = keyStart(bytes, key) ?? 0;
  const length = keyLength(bytes, key);
  return length === end - begin && bytes.compare(bytes, other, other + length, begin, end) === 0;
}

function hash(bytes: Buffer, start: number, end: number): number {
  let value = end - start;
  for (let at = start; at < end; at += 1) value = (Math.imul(value, 31) + (bytes[at] ?? 0)) | 0;
  return value ^ (value >>> 15);
}
