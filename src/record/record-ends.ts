import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';

import { TcondaError } from '../errors.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import { parseRecordEnds, type ParsePrefixRecordOptions } from './parse-prefix-record.ts';
import { LISTS_END, LISTS_START } from './record-layout.ts';

/**
 * A record out of the two ends of its file, which are a hundredth of it: the lists of files stand between, and are read when they
 * are looked at.
 * @returns undefined where the file can't be read in this way; it may have another order, or be missing
 * @throws {TcondaError} `PREFIX_CORRUPT`; and `PREFIX_CHANGED` when a list is looked at and the file is not what it was
 */
export function readRecordEnds(file: string, options: ParsePrefixRecordOptions): PrefixRecord | undefined {
  const ends = readEnds(file);
  if (ends === undefined) return undefined;
  const { head, tail } = ends;
  return parseRecordEnds(head + tail, file, options, () => readLists(file, ends));
}

interface Ends {
  readonly head: string;
  readonly tail: string;
}

const HEAD = 1 << 16;
const TAIL = 1 << 13;
const START = Buffer.from(LISTS_START);
/** With the end of the list before it. */
const END = Buffer.from(`\n  }${LISTS_END}`);
/** One for all, as fresh memory takes longer to get than to fill. */
let buffer: Buffer | undefined;

function readEnds(file: string): Ends | undefined {
  buffer ??= Buffer.allocUnsafeSlow(HEAD + TAIL);
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    let size = readSync(descriptor, buffer, 0, HEAD, 0);
    const start = buffer.indexOf(START);
    let first = start + START.length;
    // What is behind the size is of another record.
    if (start < 0 || first > size) return undefined;
    if (size === HEAD) {
      const { size: whole } = fstatSync(descriptor);
      const from = Math.max(whole - TAIL, HEAD);
      if (readSync(descriptor, buffer, HEAD, TAIL, from) !== whole - from) return undefined;
      size += whole - from;
      if (from > HEAD) first = HEAD;
    }
    const end = buffer.lastIndexOf(END, Math.max(size - END.length, 0));
    if (end < first) return undefined;
    return {
      head: buffer.toString('utf8', 0, start),
      tail: buffer.toString('utf8', end + END.indexOf(LISTS_END), size),
    };
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

function readLists(file: string, { head, tail }: Ends): string {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // It is gone.
  }
  if (text.startsWith(head) && text.endsWith(tail)) {
    return `{${text.slice(head.length + 1, text.length - tail.length)}}`;
  }
  throw new TcondaError('PREFIX_CHANGED', `${file} has changed while it was read`);
}
