import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

import * as journalFile from './journal-file.ts';

/** How the records were before the change that is under way. */
export interface BeforeImage {
  readonly isNew: boolean;
  readonly historySize: number | undefined;
  /** File names in `conda-meta/`. */
  readonly recordNames: readonly string[];
  /** Where the record of this file name lies now. */
  locate(name: string): string;
  /** Whether the change makes the file or directory of this path. */
  isMade(name: string): boolean;
}

/** Undefined when no change is under way, or when it is committed. */
export function findBeforeImage(prefix: string): BeforeImage | undefined {
  const found = journalFile.readJournal(prefix);
  if (found === undefined || found.isCommitted) return undefined;
  const { header } = found;
  const meta = path.join(prefix, 'conda-meta');
  const aside = new Map(header.aside.map((name, slot) => [name, journalFile.asidePath(prefix, slot)]));
  const created = new Set(header.created);
  const names = new Set(readdirSync(meta).filter((name) => !created.has(`conda-meta/${name}`)));
  for (const name of aside.keys()) {
    if (name.startsWith('conda-meta/')) names.add(name.slice('conda-meta/'.length));
  }
  return {
    isNew: header.isNew,
    historySize: header.historySize,
    recordNames: [...names].filter((name) => name.endsWith('.json')),
    isMade: (name) => created.has(name) || header.directories.includes(name),
    locate(name) {
      const moved = aside.get(`conda-meta/${name}`);
      return moved !== undefined && existsSync(moved) ? moved : path.join(meta, name);
    },
  };
}
