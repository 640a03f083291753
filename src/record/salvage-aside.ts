import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';

import { namesIn } from '../io/names-in.ts';
import { isThere } from '../io/path-state.ts';
import { prefixRecordPath } from '../model/prefix-record.ts';
import { DIRECTORY } from './journal-file.ts';
import { parsePrefixRecord } from './parse-prefix-record.ts';

/**
 * Brings a prefix to rest whose journal says nothing that can be understood. Records that lie aside come back where their
 * package has none now, so that what it had can be linked again; all else that lies aside is kept, in a directory
 * `conda-meta/unfinished-…`.
 */
export function salvageAside(prefix: string): void {
  const aside = path.join(prefix, DIRECTORY, 'aside');
  const meta = path.join(prefix, 'conda-meta');
  const present = new Set(readdirSync(meta).map(nameOfRecord));
  for (const slot of namesIn(aside)) {
    const record = readRecord(path.join(aside, slot));
    if (record === undefined || present.has(record.name)) continue;
    const home = path.join(prefix, prefixRecordPath(record));
    if (path.dirname(home) === meta && !isThere(home)) renameSync(path.join(aside, slot), home);
  }
  renameSync(path.join(prefix, DIRECTORY), path.join(meta, `unfinished-${randomBytes(4).toString('hex')}`));
}

function readRecord(file: string): ReturnType<typeof parsePrefixRecord> | undefined {
  try {
    return parsePrefixRecord(readFileSync(file), file, { channelName: (url) => url });
  } catch {
    // It is one of the other things that lie there.
    return undefined;
  }
}

function nameOfRecord(file: string): string {
  return file.replace(/-[^-]+-[^-]+\.json$/, '');
}
