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
  return ends === undefined ? undefined : parseRecordEnds(ends, file, options, () => readLists(file, ends));
}

const HEAD = 1 << 16;
const TAIL = 1 << 13;
const START = Buffer.from(LISTS_START);
/** With the end of the list before it. */
const END = Buffer.from(`\n  }${LISTS_END}`);
/** One for all, as fresh memory takes longer to get than to fill. */
let buffer: Buffer | undefined;
let head: Buffer | undefined;

/** The text without what is between its two ends; see {@link LISTS_END}, with which the second begins. */
function readEnds(file: string): string | undefined {
  buffer ??= Buffer.allocUnsafeSlow(HEAD + TAIL);
  head ??= buffer.subarray(0, HEAD);
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch {
    return undefined;
  }
  try {
    // Every argument more is looked at by Node for longer than the system reads.
    let size = readSync(descriptor, head);
    const start = buffer.indexOf(START);
    let from = start + START.length;
    // What is behind the size is of another record.
    if (start < 0 || from > size) return undefined;
    if (size === HEAD) {
      const { size: whole } = fstatSync(descriptor);
      const rest = Math.max(whole - TAIL, HEAD);
      if (readSync(descriptor, buffer, HEAD, TAIL, rest) !== whole - rest) return undefined;
      size += whole - rest;
      if (rest > HEAD) from = HEAD;
    }
    const found = buffer.lastIndexOf(END, Math.max(size - END.length, 0));
    if (found < from) return undefined;
    const end = found + END.length - LISTS_END.length;
    buffer.copyWithin(start, end, size);
    return buffer.toString('utf8', 0, start + size - end);
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

function readLists(file: string, ends: string): string {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // It is gone.
  }
  const start = ends.lastIndexOf(LISTS_END);
  const rest = ends.length - start;
  if (text.startsWith(ends.slice(0, start)) && text.endsWith(ends.slice(start))) {
    return `{${text.slice(start + 1, text.length - rest)}}`;
  }
  throw new TcondaError('PREFIX_CHANGED', `${file} has changed while it was read`);
}
