import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { type PrefixRecord, prefixRecordPath } from '../model/prefix-record.ts';

/** Bytes that a package takes in its environment: its files and its record. A file that is linked elsewhere counts in full. */
export function packageSize(prefix: string, record: PrefixRecord): number {
  return [...record.files, prefixRecordPath(record)].reduce(
    (sum, file) => sum + sizeOf(path.join(prefix, file)),
    0,
  );
}

/** The same of all packages of an environment, and of what `conda-meta/` holds beside their records. */
export function environmentSize(prefix: string, records: readonly PrefixRecord[]): number {
  const meta = path.join(prefix, 'conda-meta');
  const others = namesIn(meta).filter((name) => !name.endsWith('.json'));
  return (
    records.reduce((sum, record) => sum + packageSize(prefix, record), 0) +
    others.reduce((sum, name) => sum + sizeOf(path.join(meta, name)), 0)
  );
}

function sizeOf(file: string): number {
  return lstatSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
