/** A part of a zstd frame. */
export interface FramePiece {
  readonly bytes: Uint8Array;
  /** Whether the frame ends with it. */
  readonly isLast: boolean;
}

/**
 * Cuts zstd data into its frames, going by their headers and the sizes of their blocks (RFC 8878). Frames to be skipped are left out.
 * `node:zlib` needs this: it stops silently after the first frame, and takes a frame that is cut off for a whole one.
 */
export class FrameSplitter {
  #steps = walkFrame();
  #wanted = this.#begin();
  #header: Uint8Array = NOTHING;
  /** Bytes of a magic that isn't complete: they may begin a frame to be skipped. */
  #held: Uint8Array = NOTHING;
  #isMagic = true;
  #isSkippable = false;
  #isInside = false;

  /** Whether the data so far ends where a frame ends. */
  get isBetweenFrames(): boolean {
    return !this.#isInside;
  }

  /** The pieces of frames in `chunk`. @throws {Error} when it is no zstd */
  *push(chunk: Uint8Array): Generator<FramePiece> {
    let start = 0;
    for (let at = 0; at < chunk.length;) {
      this.#isInside = true;
      const missing = Math.abs(this.#wanted) - this.#header.length;
      const taken = chunk.subarray(at, Math.min(at + missing, chunk.length));
      at += taken.length;
      if (this.#wanted > 0) this.#header = Buffer.concat([this.#header, taken]);
      else this.#wanted += taken.length;
      const isComplete = this.#wanted > 0 ? this.#header.length === this.#wanted : this.#wanted === 0;
      if (!isComplete) break;

      const { value, done } = this.#steps.next(this.#header);
      this.#header = NOTHING;
      this.#isMagic = false;
      if (done !== true) {
        if (value === SKIPPABLE) this.#isSkippable = true;
        this.#wanted = value === SKIPPABLE ? 4 : value;
        continue;
      }
      if (!this.#isSkippable) yield { bytes: this.#release(chunk.subarray(start, at)), isLast: true };
      this.#held = NOTHING;
      start = at;
      this.#steps = walkFrame();
      this.#wanted = this.#begin();
      this.#isSkippable = false;
      this.#isMagic = true;
      this.#isInside = false;
    }
    const rest = chunk.subarray(start);
    if (rest.length === 0 || this.#isSkippable) return;
    if (this.#isMagic) this.#held = Buffer.concat([this.#held, rest]);
    else yield { bytes: this.#release(rest), isLast: false };
  }

  /** `bytes` with what was held back before them. */
  #release(bytes: Uint8Array): Uint8Array {
    if (this.#held.length === 0) return bytes;
    const whole = Buffer.concat([this.#held, bytes]);
    this.#held = NOTHING;
    return whole;
  }

  #begin(): number {
    return this.#steps.next(NOTHING).value ?? 0;
  }
}

const NOTHING: Uint8Array = Buffer.alloc(0);
const MAGIC = 0xfd2fb528;
/** Says that the frame is one to be skipped, and wants the four bytes of its size. */
const SKIPPABLE = Infinity;

/** Wants so many bytes to look at, or, when negative, to pass over. */
function* walkFrame(): Generator<number, undefined, Uint8Array> {
  const magic = readNumber(yield 4);
  if ((magic & 0xfffffff0) >>> 0 === 0x184d2a50) {
    const size = readNumber(yield SKIPPABLE);
    if (size > 0) yield -size;
    return;
  }
  if (magic !== MAGIC) throw new Error('unknown frame');

  const descriptor = readNumber(yield 1);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const windowBytes = isSingleSegment ? 0 : 1;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeBytes = sizeFlag === 0 ? Number(isSingleSegment) : 1 << sizeFlag;
  const more = windowBytes + dictionaryBytes + sizeBytes;
  if (more > 0) yield -more;

  for (let isLast = false; !isLast;) {
    const block = readNumber(yield 3);
    isLast = (block & 1) === 1;
    const type = (block >> 1) & 3;
    if (type === 3) throw new Error('unknown block');
    // A run is stored as the one byte that it repeats.
    const length = type === 1 ? 1 : block >> 3;
    if (length > 0) yield -length;
  }
  if ((descriptor & 4) !== 0) yield -4;
}

function readNumber(bytes: Uint8Array): number {
  return bytes.reduceRight((number, byte) => number * 256 + byte, 0);
}
