/** `z` and `Z` (interned) are ASCII of at most 255 bytes, with one byte of length. */
const SHORT: ReadonlySet<number> = new Set([0x7a, 0x5a]);
/** `a`, `A`, `u`, `t` and `s`, with four bytes of length. */
const LONG: ReadonlySet<number> = new Set([0x61, 0x41, 0x75, 0x74, 0x73]);
const UNLIMITED: ReadonlySet<number> = new Set([0x75, 0x74, 0x73]);
const INTERNED: ReadonlySet<number> = new Set([0x5a, 0x41, 0x74]);
/** Later code refers back to values that have this bit. */
const IS_REFERRED_TO = 0x80;
const SLASH = 0x2f;

/**
 * Compiled python with another prefix in its paths, which stand as texts with their length in front (python's `marshal`);
 * python compares them with nothing, but tracebacks may show them.
 * @returns undefined when a path stands in the middle of a text, where only a compiler could change it
 */
export function moveBytecode(content: Buffer, from: string, to: string): Buffer | undefined {
  const old = Buffer.from(from);
  const parts: Buffer[] = [];
  let done = 0;
  for (let at = content.indexOf(old); at >= 0; at = content.indexOf(old, done)) {
    const text = textAt(content, at);
    if (text === undefined || text.start < done) return undefined;
    const rest = content.subarray(at + old.length, text.end);
    if (rest.length > 0 && rest[0] !== SLASH) return undefined;
    if (rest.includes(old)) return undefined;
    const moved = Buffer.concat([Buffer.from(to), rest]);
    parts.push(content.subarray(done, text.start), headOf(text.type, moved), moved);
    done = text.end;
  }
  return Buffer.concat([...parts, content.subarray(done)]);
}

interface MarshalText {
  readonly type: number;
  /** Where its head is. */
  readonly start: number;
  readonly end: number;
}

/** The text whose first byte is at `at`. */
function textAt(content: Buffer, at: number): MarshalText | undefined {
  const [short = 0, size = 0] = content.subarray(Math.max(0, at - 2), at);
  // The highest byte of a length of four is 0, so that it is no length of one.
  if (SHORT.has(short & ~IS_REFERRED_TO) && size > 0) {
    return fits(content, { type: short, start: at - 2, end: at + size });
  }
  const long = content[at - 5] ?? 0;
  if (!LONG.has(long & ~IS_REFERRED_TO)) return undefined;
  return fits(content, { type: long, start: at - 5, end: at + content.readUInt32LE(at - 4) });
}

function fits(content: Buffer, text: MarshalText): MarshalText | undefined {
  return text.end <= content.length ? text : undefined;
}

function headOf(type: number, text: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head[0] = typeFor(type & ~IS_REFERRED_TO, text) | (type & IS_REFERRED_TO);
  head.writeUInt32LE(text.length, 1);
  return head;
}

function typeFor(type: number, text: Buffer): number {
  // Those of bytes and of UTF-8 hold anything.
  if (UNLIMITED.has(type)) return type;
  const isAscii = text.every((byte) => byte < 0x80);
  if (INTERNED.has(type)) return isAscii ? 0x41 : 0x74;
  return isAscii ? 0x61 : 0x75;
}
