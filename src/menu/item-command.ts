import path from 'node:path';

import type { MenuItem } from './parse-menu.ts';

/** What a shell is to run before the command: the environment enters itself, so that no tconda is needed. */
export function beforeCommand(
  item: MenuItem,
  fill: (text: string) => string,
  prefix: string,
): readonly string[] {
  return [
    ...(item.precommand === undefined ? [] : [fill(item.precommand)]),
    ...(item.isActivated ? [`. ${quoteShell(path.join(prefix, 'bin/activate'))}`] : []),
  ];
}

/** A word as a POSIX shell reads it. */
export function quoteShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
