import { createHash } from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';

import { writeFileAtomicSync } from '../io/atomic-file.ts';
import { desktopDirectory, isMenuPlace, type MenuPlaces } from './menu-places.ts';

/** A file or symlink that stands for a menu item or a part of it. */
export type MenuFile =
  | {
      /** Absolute. */
      readonly path: string;
      readonly content: string | Buffer;
      readonly mode: number;
    }
  | { readonly path: string; readonly link: string };

/** Files by absolute path, each with a digest of what was made: what became another's is not ours to take away. */
export type MadeFiles = ReadonlyMap<string, string>;

/** Of what a file is to hold. */
export function digestOfMenuFile(file: MenuFile): string {
  return digestOf('link' in file ? file.link : file.content);
}

/** Makes a file, and takes the place of what was there. */
export function makeMenuFile(file: MenuFile): void {
  mkdirSync(path.dirname(file.path), { recursive: true });
  if ('link' in file) {
    rmSync(file.path, { force: true });
    symlinkSync(file.link, file.path);
    return;
  }
  writeFileAtomicSync(file.path, file.content);
  chmodSync(file.path, file.mode);
}

/**
 * Takes a file away, and the directories that were made for it. One that another environment or a person made anew since then
 * stays.
 * @returns whether it is gone
 */
export function removeMenuFile(file: string, digest: string, places: MenuPlaces): boolean {
  // The list lies in the environment, and so may be anybody's.
  if (!isMenuPlace(file, places)) return false;
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats !== undefined) {
    const content = stats.isSymbolicLink() ? readlinkSync(file) : readFileSync(file);
    if (digestOf(content) !== digest) return false;
    rmSync(file, { force: true });
  }
  if (file.endsWith('.lnk') && path.dirname(file) !== desktopDirectory(places)) {
    removeIfEmpty(path.dirname(file));
  }
  const end = file.indexOf('.app/') + '.app'.length;
  for (let at = path.dirname(file); end > '.app'.length && at.length >= end; at = path.dirname(at)) {
    removeIfEmpty(at);
  }
  return true;
}

function digestOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // Something else is in it, or it is gone.
  }
}
