import type { RangeKind, RepodataRange } from './repodata-index.ts';

/** Puts the records of a name that follow one another together into one range. */
export class RecordRuns {
  readonly ranges = new Map<string, RepodataRange[]>();
  records = 0;
  #run: OpenRun | undefined;

  /**
   * Takes the record whose file name is `bytes` from `keyStart` to `keyEnd`.
   * @param start and `end`: where key and record lie in the file
   */
  add(bytes: Buffer, keyStart: number, keyEnd: number, range: RangeKind, start: number, end: number): void {
    const nameEnd = findNameEnd(bytes, keyStart, keyEnd);
    if (nameEnd === -1 || (range === 'v1' && !hasPackageExtension(bytes, keyEnd))) {
      // No package: a run must not reach over it.
      this.close();
      return;
    }
    this.records += 1;
    const run = this.#run;
    if (run?.range === range && isSame(run.nameBytes, bytes, keyStart, nameEnd)) {
      run.end = end;
      return;
    }
    this.close();
    this.#run = {
      name: bytes.toString('utf8', keyStart, nameEnd).toLowerCase(),
      nameBytes: Buffer.from(bytes.subarray(keyStart, nameEnd)),
      range,
      start,
      end,
    };
  }

  /** Ends the run: what comes next does not belong to it. */
  close(): void {
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    const range = { kind: run.range, start: run.start, end: run.end };
    const known = this.ranges.get(run.name);
    if (known === undefined) this.ranges.set(run.name, [range]);
    else known.push(range);
  }
}

interface OpenRun {
  readonly name: string;
  readonly nameBytes: Buffer;
  readonly range: RangeKind;
  /** Offsets in the file. */
  readonly start: number;
  end: number;
}

const DASH = 0x2d;

/** Where the name ends in `name-version-build`; -1 when there is none. */
function findNameEnd(bytes: Buffer, start: number, end: number): number {
  let dashes = 0;
  for (let at = end - 1; at > start; at -= 1) {
    if (bytes[at] === DASH && ++dashes === 2) return at;
  }
  return -1;
}

/** `.conda` or `.tar.bz2`, before `end`. */
export function hasPackageExtension(bytes: Buffer, end: number): boolean {
  return endsWith(bytes, end, CONDA) || endsWith(bytes, end, TAR_BZ2);
}

const CONDA = Buffer.from('.conda');
const TAR_BZ2 = Buffer.from('.tar.bz2');

function endsWith(bytes: Buffer, end: number, suffix: Buffer): boolean {
  const start = end - suffix.length;
  for (let index = suffix.length - 1; index >= 0; index -= 1) {
    if (bytes[start + index] !== suffix[index]) return false;
  }
  return true;
}

function isSame(name: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (end - start !== name.length) return false;
  for (let index = name.length - 1; index >= 0; index -= 1) {
    if (bytes[start + index] !== name[index]) return false;
  }
  return true;
}
