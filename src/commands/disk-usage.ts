import { lstatSync } from 'node:fs';
import path from 'node:path';

import { type PrefixRecord, prefixRecordPath } from '../model/prefix-record.ts';

/** Bytes that a package takes in its environment: its files and its record. A file that is linked elsewhere counts in full. */
export function packageSize(prefix: string, record: PrefixRecord): number {
  return [...record.files, prefixRecordPath(record)].reduce(
    (sum, file) => sum + (lstatSync(path.join(prefix, file), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** The same of all packages of an environment. */
export function environmentSize(prefix: string, records: readonly PrefixRecord[]): number {
  return records.reduce((sum, record) => sum + packageSize(prefix, record), 0);
}
