import { type Dirent, readdirSync } from 'node:fs';
import path from 'node:path';

/** Everything below `directory` that is no directory, links unfollowed: from Node 22 on, `readdirSync` follows them in its own walk. */
export function walkFiles(directory: string): readonly Dirent[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? walkFiles(path.join(directory, entry.name)) : [entry],
  );
}
