import { JsonSkipper, skipSpace } from './json-skipper.ts';
import { isFollowedByFile } from './next-file.ts';
import { RecordRuns } from './record-runs.ts';
import { indexOfRanges, type RepodataIndex } from './repodata-index.ts';
import { type Level, levelOf, TOP } from './scan-level.ts';

/** The text is not a `repodata.json`. The message says what was expected, and where. */
export class RepodataSyntaxError extends Error {}

/** Takes the bytes of a `repodata.json` in pieces, as they come, and finds out where the records of each name are. */
export interface RepodataScanner {
  /** @throws {RepodataSyntaxError} */
  push(chunk: Uint8Array): void;
  /** To be called behind the last piece. @throws {RepodataSyntaxError} when the text is cut off */
  finish(): RepodataIndex;
}

/**
 * Scans repodata without parsing records: one pass, no string made for a record, about a gigabyte a second.
 *
 * Records of a name that follow one another become one range. A range is the text between two braces: put into `{` and `}`
 * it is a JSON object of file names and records. Which name a record belongs to is read from its file name. A record is
 * taken as whole where it surely ends; what is inside is checked when it is parsed.
 */
export function createRepodataScanner(): RepodataScanner {
  return new Scanner();
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
/** A record of this size is no record. */
const LONGEST_ENTRY = 8 * 1024 * 1024;

/** What is expected next. */
type State =
  | 'start'
  /** The key of an entry, or the end of the object. */
  | 'first-key'
  /** A comma and a key, or the end of the object. */
  | 'next'
  /** The rest of a value nobody reads. */
  | 'skip'
  | 'end';

class Scanner implements RepodataScanner {
  readonly #runs = new RecordRuns();
  readonly #fields = new Map<string, { start: number; end: number }>();
  readonly #levels: Level[] = [];
  #state: State = 'start';
  /** Chunks are copied into it, so that what follows a beginning lies behind it, and no memory is asked for anew. */
  #store: Buffer = Buffer.alloc(0);
  /** Bytes not consumed yet, and where in the file they begin. */
  #bytes: Buffer = Buffer.alloc(0);
  #base = 0;
  #keyIsEscaped = false;
  #skipper: JsonSkipper | undefined;
  #skipped: { readonly key: string; readonly start: number } | undefined;

  push(chunk: Uint8Array): void {
    const rest = this.#bytes.length;
    const length = rest + chunk.length;
    if (length > this.#store.length) {
      this.#store = Buffer.allocUnsafeSlow(2 * length);
      this.#store.set(this.#bytes);
    }
    this.#store.set(chunk, rest);
    this.#bytes = this.#store.subarray(0, length);
    const consumed = this.#scan();
    this.#store.copyWithin(0, consumed, length);
    this.#bytes = this.#store.subarray(0, length - consumed);
    this.#base += consumed;
    if (this.#bytes.length > LONGEST_ENTRY) throw this.#error(0, 'an entry that ends');
  }

  finish(): RepodataIndex {
    // An empty file is an empty object.
    if (this.#state !== 'end' && (this.#state !== 'start' || this.#bytes.length > 0)) {
      throw new RepodataSyntaxError(`it ends in the middle, after ${this.#base + this.#bytes.length} bytes`);
    }
    return indexOfRanges(this.#runs.ranges, this.#fields, this.#runs.records);
  }

  /** Consumes what is complete; gives back how much that was. */
  #scan(): number {
    let at = 0;
    for (;;) {
      const next = this.#step(at);
      if (next === -1) return at;
      at = next;
    }
  }

  /** One thing: a brace, or an entry. -1 when more bytes are needed for it. */
  #step(at: number): number {
    switch (this.#state) {
      case 'start': {
        const from = skipSpace(this.#bytes, at);
        if (from === this.#bytes.length) return from === at ? -1 : from;
        if (this.#bytes[from] !== OPEN) throw this.#error(from, 'an object');
        this.#levels.push(TOP);
        this.#state = 'first-key';
        return from + 1;
      }
      case 'first-key':
      case 'next':
        return this.#member(at);
      case 'skip':
        return this.#skip(at);
      case 'end': {
        const from = skipSpace(this.#bytes, at);
        if (from < this.#bytes.length) throw this.#error(from, 'the end');
        return from === at ? -1 : from;
      }
    }
  }

  #member(start: number): number {
    const bytes = this.#bytes;
    let at = skipSpace(this.#bytes, start);
    if (at >= bytes.length) return -1;
    if (bytes[at] === CLOSE) return this.#leave(at);
    if (this.#state === 'next') {
      if (bytes[at] !== COMMA) throw this.#error(at, "',' or '}'");
      at = skipSpace(this.#bytes, at + 1);
      if (at >= bytes.length) return -1;
    }
    if (bytes[at] !== QUOTE) throw this.#error(at, 'a key');
    const keyEnd = this.#keyEnd(at);
    if (keyEnd === -1) return -1;
    let valueStart = skipSpace(this.#bytes, keyEnd);
    if (valueStart >= bytes.length) return -1;
    if (bytes[valueStart] !== COLON) throw this.#error(valueStart, "':'");
    valueStart = skipSpace(this.#bytes, valueStart + 1);
    if (valueStart >= bytes.length) return -1;
    const level = this.#levels.at(-1) ?? TOP;
    return level.kind === 'records'
      ? this.#entry(at, keyEnd, valueStart, level)
      : this.#field(at, keyEnd, valueStart, level);
  }

  /** A member of the top object or of `v3`: an object of records to enter, or something to step over. */
  #field(keyStart: number, keyEnd: number, valueStart: number, level: Level): number {
    const key = this.#text(keyStart, keyEnd);
    const inner = this.#bytes[valueStart] === OPEN ? levelOf(level, key) : undefined;
    if (inner !== undefined) {
      this.#levels.push(inner);
      this.#state = 'first-key';
      return valueStart + 1;
    }
    this.#skipped = { key: level.kind === 'top' ? key : '', start: this.#base + valueStart };
    this.#skipper = new JsonSkipper();
    this.#state = 'skip';
    return valueStart;
  }

  #skip(at: number): number {
    const end = this.#skipper?.skip(this.#bytes, at) ?? -1;
    if (end === -1) return at === this.#bytes.length ? -1 : this.#bytes.length;
    const { key, start } = this.#skipped ?? { key: '', start: 0 };
    if (key !== '') this.#fields.set(key, { start, end: this.#base + end });
    this.#state = 'next';
    return end;
  }

  #leave(at: number): number {
    this.#runs.close();
    this.#levels.pop();
    this.#state = this.#levels.length === 0 ? 'end' : 'next';
    return at + 1;
  }

  #entry(keyStart: number, keyEnd: number, valueStart: number, level: Level): number {
    const bytes = this.#bytes;
    const end = bytes[valueStart] === OPEN ? this.#recordEnd(valueStart, level) : this.#valueEnd(valueStart);
    if (end === -1) return -1;
    if (bytes[valueStart] !== OPEN) {
      this.#runs.close();
    } else if (this.#keyIsEscaped) {
      // Nobody writes such a key; it stands for itself.
      this.#runs.close();
      const key = Buffer.from(this.#text(keyStart, keyEnd));
      this.#runs.add(key, 0, key.length, level.range, this.#base + keyStart, this.#base + end);
      this.#runs.close();
    } else {
      const { range } = level;
      this.#runs.add(bytes, keyStart + 1, keyEnd - 1, range, this.#base + keyStart, this.#base + end);
    }
    this.#state = 'next';
    return end;
  }

  /**
   * Where a record that begins with `{` ends. The next `}` is the one when no other `{` comes before it and behind it stands
   * the next file name or the end of the object; neither can be the inside of a string, for between two strings there is never
   * a file name. All else is walked through byte by byte.
   */
  #recordEnd(start: number, level: Level): number {
    const bytes = this.#bytes;
    const close = bytes.indexOf(CLOSE, start + 1);
    if (close === -1) return -1;
    if (level.range === 'v1') {
      const open = bytes.indexOf(OPEN, start + 1);
      if (open > close && isFollowedByFile(bytes, close + 1, open)) return close + 1;
    }
    return this.#valueEnd(start);
  }

  /** The end of a value that begins at `start`, strings and nesting respected; -1 when it is not all there. */
  #valueEnd(start: number): number {
    return new JsonSkipper().skip(this.#bytes, start);
  }

  /** Behind the closing quote of the key that begins at `start`. */
  #keyEnd(start: number): number {
    const bytes = this.#bytes;
    this.#keyIsEscaped = false;
    for (let at = start + 1; at < bytes.length; at += 1) {
      const byte = bytes[at];
      if (byte === QUOTE) return at + 1;
      if (byte === BACKSLASH) {
        this.#keyIsEscaped = true;
        at += 1;
      }
    }
    return -1;
  }

  #text(start: number, end: number): string {
    try {
      return JSON.parse(this.#bytes.toString('utf8', start, end)) as string;
    } catch {
      throw this.#error(start, 'a key');
    }
  }

  #error(at: number, expected: string): RepodataSyntaxError {
    const found = this.#bytes.toString('utf8', at, at + 32);
    return new RepodataSyntaxError(
      `${expected} should be at byte ${this.#base + at}, not ${JSON.stringify(found)}`,
    );
  }
}
