import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomicSync } from '../io/atomic-file.ts';
import type { MadeFiles } from './menu-file.ts';

/** What was made, by package: `name-version-build`. */
export type MenuState = ReadonlyMap<string, MadeFiles>;

/** Relative to the prefix: by package the files that were made for it, each with its digest. */
export const STATE_FILE = 'conda-meta/.tconda-menus';

/** What was made for the packages of an environment; nothing where no list of it can be read. */
export function readMenuState(prefix: string): MenuState {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path.join(prefix, STATE_FILE), 'utf8'));
  } catch {
    return new Map();
  }
  return new Map(
    entriesOf(json).map(([dist, files]) => [
      dist,
      new Map(entriesOf(files).filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    ]),
  );
}

/** Writes what is there from now on, where that differs. */
export function writeMenuState(prefix: string, old: MenuState, now: MenuState): void {
  const text = format(now);
  if (text === format(old)) return;
  const file = path.join(prefix, STATE_FILE);
  if (now.size === 0) rmSync(file, { force: true });
  else writeFileAtomicSync(file, text);
}

function format(state: MenuState): string {
  const packages = [...state].map(([dist, files]) => [dist, Object.fromEntries(files)] as const);
  return `${JSON.stringify(Object.fromEntries(packages))}\n`;
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}
