/** Where a range is from: the maps of version 1, whose keys are file names, or `v3`, whose keys lack the extension (CEP 48). */
export type RangeKind = 'v1' | 'v3-conda' | 'v3-tar.bz2';

/** Bytes `start` to before `end` of the file: members of an object, without its braces. */
export interface RepodataRange {
  readonly kind: RangeKind;
  readonly start: number;
  readonly end: number;
}

/** Where in a `repodata.json` the records of each name are. */
export interface RepodataIndex {
  /** Every name, in the order of the file. */
  readonly names: readonly string[];
  readonly rangesOf: (name: string) => readonly RepodataRange[];
  /** The other members of the file (`info`, `removed`, ...), by key. */
  readonly fields: ReadonlyMap<string, { readonly start: number; readonly end: number }>;
  readonly recordCount: number;
}

/** An index out of where the records of each name lie, in bytes. */
export function indexOfRanges(
  ranges: ReadonlyMap<string, readonly RepodataRange[]>,
  fields: RepodataIndex['fields'],
  recordCount: number,
): RepodataIndex {
  return { names: [...ranges.keys()], rangesOf: (name) => ranges.get(name) ?? [], fields, recordCount };
}

/** The file an index belongs to. Another file in its place has another stamp. */
export interface FileStamp {
  readonly size: number;
  readonly mtimeNs: bigint;
}

const FORMAT = 'tconda repodata index 1';
const KINDS: readonly RangeKind[] = ['v1', 'v3-conda', 'v3-tar.bz2'];

interface Header {
  readonly format: string;
  readonly size: number;
  readonly mtimeNs: string;
  readonly fields: readonly (readonly [string, number, number])[];
  readonly recordCount: number;
  /** Bytes of the name list, and how many names there are. */
  readonly namesLength: number;
  readonly nameCount: number;
  readonly rangeCount: number;
}

/**
 * The index as a file: a line of JSON, the names (one a line), then numbers of 8 bytes: for each name the position behind its
 * last range, and for each range `start * 4 + kind` and `end`.
 */
export function formatIndex(index: RepodataIndex, stamp: FileStamp): Buffer {
  const { names } = index;
  const nameBytes = Buffer.from(names.join('\n'));
  const ranges = names.map((name) => index.rangesOf(name));
  const rangeCount = ranges.reduce((count, { length }) => count + length, 0);
  const header: Header = {
    format: FORMAT,
    size: stamp.size,
    mtimeNs: String(stamp.mtimeNs),
    fields: [...index.fields].map(([key, { start, end }]) => [key, start, end]),
    recordCount: index.recordCount,
    namesLength: nameBytes.length,
    nameCount: names.length,
    rangeCount,
  };
  const numbers = new Float64Array(names.length + 2 * rangeCount);
  let position = 0;
  for (const [number, rangesOfName] of ranges.entries()) {
    for (const range of rangesOfName) {
      const at = names.length + 2 * position;
      numbers[at] = range.start * 4 + KINDS.indexOf(range.kind);
      numbers[at + 1] = range.end;
      position += 1;
    }
    numbers[number] = position;
  }
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), nameBytes, Buffer.from(numbers.buffer)]);
}

/** Reads what {@link formatIndex} wrote; undefined when it is torn, of another format, or not of the file with this stamp. */
export function parseIndex(bytes: Buffer, stamp: FileStamp): RepodataIndex | undefined {
  const header = parseHeader(bytes);
  if (header === undefined || header.size !== stamp.size || header.mtimeNs !== String(stamp.mtimeNs)) {
    return undefined;
  }
  const { nameCount, rangeCount } = header;
  const namesStart = bytes.indexOf(0x0a) + 1;
  const numbersStart = namesStart + header.namesLength;
  const count = nameCount + 2 * rangeCount;
  if (bytes.length !== numbersStart + 8 * count) return undefined;
  // A copy, because numbers of 8 bytes must begin at a multiple of 8.
  const numbers = new Float64Array(Uint8Array.prototype.slice.call(bytes, numbersStart).buffer, 0, count);
  const names = nameCount === 0 ? [] : bytes.toString('utf8', namesStart, numbersStart).split('\n');
  if (names.length !== nameCount) return undefined;
  return {
    names,
    rangesOf: createLookup(names, numbers),
    fields: new Map(header.fields.map(([key, start, end]) => [key, { start, end }])),
    recordCount: header.recordCount,
  };
}

function parseHeader(bytes: Buffer): Header | undefined {
  const end = bytes.subarray(0, 64 * 1024).indexOf(0x0a);
  if (end === -1) return undefined;
  try {
    const header = JSON.parse(bytes.toString('utf8', 0, end)) as Partial<Header> | null;
    return header?.format === FORMAT ? (header as Header) : undefined;
  } catch {
    return undefined;
  }
}

/** Makes the ranges of a name when it is asked for: of 30 000 names a request wants a few hundred. */
function createLookup(names: readonly string[], numbers: Float64Array): RepodataIndex['rangesOf'] {
  const positions = new Map(names.map((name, position) => [name, position]));
  return (name) => {
    const position = positions.get(name);
    if (position === undefined) return [];
    const ranges: RepodataRange[] = [];
    const last = numbers[position] ?? 0;
    for (let range = position === 0 ? 0 : (numbers[position - 1] ?? 0); range < last; range += 1) {
      const at = names.length + 2 * range;
      const packed = numbers[at] ?? 0;
      ranges.push({
        kind: KINDS[packed % 4] ?? 'v1',
        start: Math.floor(packed / 4),
        end: numbers[at + 1] ?? 0,
      });
    }
    return ranges;
  };
}
