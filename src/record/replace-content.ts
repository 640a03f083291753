import { readdirSync } from 'node:fs';
import path from 'node:path';

import type { Journal } from '../model/journal.ts';

/**
 * Puts what lies in `directory`, absolute and below the journal's scratch, in place of all that is in the prefix: all of it or
 * nothing, as any change.
 */
export async function replaceContent(journal: Journal, directory: string): Promise<void> {
  const meta = 'conda-meta';
  const records = readdirSync(path.join(directory, meta)).map((name) => `${meta}/${name}`);
  const names = [...readdirSync(directory).filter((name) => name !== meta), ...records];
  const from = path.relative(journal.place, directory).split(path.sep).join('/');
  journal.begin({
    aside: journal.everything(),
    replacedDirectories: [],
    directories: [],
    moved: names.map((name) => [`${from}/${name}`, name]),
    // No reader is to take them for the old ones.
    created: records,
    emptied: [],
  });
  for await (const _ of journal.clearTheWay()) {
    // Nothing else to do meanwhile.
  }
}
