import { invalidArchive } from './invalid-archive.ts';
import { BLOCK, parseSize } from './tar-header.ts';

/** A stretch of a sparse file that holds data; the rest are zeros. */
export interface Segment {
  readonly offset: number;
  readonly length: number;
}

/** Where the data of a sparse file belongs. */
export interface SparseMap {
  readonly realSize: number;
  readonly segments: readonly Segment[];
}

/** Wants the next so many bytes of the tar. */
export type ReadBytes = (length: number) => Generator<number, Buffer, Buffer>;

/** A file's map may be this long: 1.4 million holes. */
const MAX_SEGMENTS = 1 << 20;

/** The map of a member of GNU type `S`: four pairs in its header, more in the blocks that follow. */
export function* readGnuSparse(header: Buffer, read: ReadBytes): Generator<number, SparseMap, Buffer> {
  const realSize = parseSize(header, 483);
  const segments = gnuSegments(header, 386, 4);
  let isExtended = header[482] === 1;
  while (isExtended) {
    const block = yield* read(BLOCK);
    segments.push(...gnuSegments(block, 0, 21));
    if (segments.length > MAX_SEGMENTS) throw invalidArchive('sparse tar member has too many holes');
    isExtended = block[504] === 1;
  }
  return checked(segments, realSize);
}

function gnuSegments(block: Buffer, start: number, count: number): Segment[] {
  const segments: Segment[] = [];
  for (let i = 0; i < count; i += 1) {
    const at = start + i * 24;
    if (block[at] === 0) break;
    segments.push({ offset: parseSize(block, at), length: parseSize(block, at + 12) });
  }
  return segments;
}

/** The map that PAX records of format 0.0 or 0.1 hold; undefined when there is none. */
export function parsePaxSparse(records: ReadonlyMap<string, string>): SparseMap | undefined {
  const map = records.get('GNU.sparse.map');
  if (map === undefined) return undefined;
  const numbers = map.split(',').map(parseDecimal);
  return checked(pairs(numbers), realSizeOf(records));
}

/** The map of format 1.0 stands before the data, as lines of decimals; gives also how many bytes it took. */
export function* readPaxSparse(
  records: ReadonlyMap<string, string>,
  read: ReadBytes,
): Generator<number, SparseMap & { readonly taken: number }, Buffer> {
  let text = '';
  let taken = 0;
  const numbers: number[] = [];
  for (let wanted = 1; numbers.length < wanted;) {
    const block = yield* read(BLOCK);
    taken += BLOCK;
    const lines = (text + block.toString('latin1')).split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      if (numbers.length === wanted) break;
      numbers.push(parseDecimal(line));
      if (numbers.length === 1) wanted = 1 + 2 * (numbers[0] as number);
      if (wanted > 2 * MAX_SEGMENTS) throw invalidArchive('sparse tar member has too many holes');
    }
    if (text.length > BLOCK) throw invalidArchive('sparse tar member has a broken map');
  }
  return { ...checked(pairs(numbers.slice(1)), realSizeOf(records)), taken };
}

function pairs(numbers: readonly number[]): Segment[] {
  if (numbers.length % 2 === 1) throw invalidArchive('sparse tar member has a broken map');
  const segments: Segment[] = [];
  for (let i = 0; i < numbers.length; i += 2) {
    segments.push({ offset: numbers[i] as number, length: numbers[i + 1] as number });
  }
  return segments;
}

function realSizeOf(records: ReadonlyMap<string, string>): number {
  return parseDecimal(records.get('GNU.sparse.realsize') ?? records.get('GNU.sparse.size') ?? '');
}

/** @throws {TcondaError} `INVALID_ARCHIVE` */
export function parseDecimal(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) {
    throw invalidArchive('tar holds no number where one belongs');
  }
  return number;
}

function checked(segments: readonly Segment[], realSize: number): SparseMap {
  let end = 0;
  for (const { offset, length } of segments) {
    if (offset < end || offset + length > realSize)
      throw invalidArchive('sparse tar member has a broken map');
    end = offset + length;
  }
  return { realSize, segments };
}
