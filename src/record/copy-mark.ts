import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { isThere } from '../io/path-state.ts';
import type { PrefixData } from '../model/prefix-record.ts';
import { DIRECTORY } from './journal-file.ts';

/** In a copy whose original is to go: names the original, as long as that is there. */
const MARK = 'conda-meta/.tconda.copy-of';

/** Says in the copy at `directory` that `source` is to go, so that this can be done when the process dies before. */
export function markAsCopy(source: PrefixData, directory: string): void {
  writeFileSync(path.join(directory, MARK), textOf(source));
}

/** Whether `prefix` is a copy of `source` as that is now, made to take its place, and complete. */
export function isCopyOf(source: PrefixData, prefix: string): boolean {
  // In place of another environment it becomes one bit by bit.
  if (isThere(path.join(prefix, DIRECTORY))) return false;
  try {
    return readFileSync(path.join(prefix, MARK), 'utf8') === textOf(source);
  } catch {
    return false;
  }
}

/** The original is gone. */
export function removeCopyMark(prefix: string): void {
  rmSync(path.join(prefix, MARK), { force: true });
}

/** The mark of a copy whose original is gone means nothing any more. */
export function sweepCopyMark(prefix: string): void {
  if (!isThere(path.join(prefix, MARK))) return;
  try {
    const { original } = JSON.parse(readFileSync(path.join(prefix, MARK), 'utf8')) as { original?: unknown };
    if (typeof original !== 'string' || !isThere(original)) removeCopyMark(prefix);
  } catch {
    // It is none of ours.
  }
}

/** Every change of an environment makes its history longer. */
function textOf({ prefix, historySize, records }: PrefixData): string {
  return `${JSON.stringify({ original: prefix, historySize, packages: records.length })}\n`;
}
