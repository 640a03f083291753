import {
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
} from 'node:fs';
import path from 'node:path';

import { isThere } from '../io/path-state.ts';
import { removeTreeSync } from '../io/remove-tree.ts';
import { asidePath, DIRECTORY, HISTORY } from './journal-file.ts';
import { moveEntry } from './move-entry.ts';
import type { JournalHeader } from './parse-journal-header.ts';
import { removeBytecode } from './remove-bytecode.ts';

/**
 * Makes the files of a prefix what they were before the change, however far it came. Each step looks first whether it is
 * needed, so that an undo that was cut off can be run again.
 */
export function undoPlan(prefix: string, header: JournalHeader): void {
  if (header.isNew) return removeContent(prefix);
  const at = (name: string): string => path.join(prefix, name);
  const slots = new Set(listDirectory(path.join(prefix, DIRECTORY, 'aside')));
  const asideSlots = new Map(header.aside.map((name, slot) => [name, slot]));
  const demoted = new Map(header.moved);

  /** Whether what stood at `name` before stands there still, and so is not ours to remove. */
  const isUntouched = (name: string): boolean => {
    const slot = findAside(name, asideSlots);
    return slot !== undefined && !slots.has(String(slot));
  };

  for (const name of header.created.toReversed()) {
    if (isUntouched(name)) continue;
    const home = demoted.get(name);
    if (home !== undefined && !isThere(at(home))) continue;
    removeFile(at(name));
  }
  for (const [from, to] of header.moved.toReversed()) {
    if (isThere(at(from)) || !isThere(at(to))) continue;
    moveBack(at(to), at(from), renameSync);
  }
  for (const name of header.directories.toReversed()) {
    if (!isUntouched(name)) removeMadeDirectory(at(name));
  }
  for (const name of header.replacedDirectories.toReversed()) {
    if (!isThere(at(name))) mkdirSync(at(name));
  }
  for (const [slot, name] of header.aside.entries()) {
    if (!slots.has(String(slot))) continue;
    rmSync(at(name), { recursive: true, force: true });
    moveBack(asidePath(prefix, slot), at(name), moveEntry);
  }
  cutHistory(at(HISTORY), header.historySize);
}

/** Also where somebody removed the directories above it in the meantime. */
function moveBack(from: string, to: string, move: (from: string, to: string) => void): void {
  try {
    move(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(path.dirname(to), { recursive: true });
    move(from, to);
  }
}

function cutHistory(history: string, size: number | undefined): void {
  if (size === undefined) rmSync(history, { force: true });
  // To make it longer would fill it with NULs.
  else if ((statSync(history, { throwIfNoEntry: false })?.size ?? 0) > size) truncateSync(history, size);
}

/** Everything in a prefix that was not there before; the directories themselves go with the last lock. */
export function removeContent(prefix: string): void {
  for (const name of listDirectory(prefix)) {
    if (name !== 'conda-meta') removeTreeSync(path.join(prefix, name));
  }
  const meta = path.join(prefix, 'conda-meta');
  for (const name of listDirectory(meta).filter((entry) => !entry.startsWith('.tconda'))) {
    rmSync(path.join(meta, name), { recursive: true, force: true });
  }
}

/** The slot that holds what stood at `name`, by itself or in a directory that was moved as a whole. */
function findAside(name: string, slots: ReadonlyMap<string, number>): number | undefined {
  for (let path = name; path !== ''; path = path.slice(0, Math.max(0, path.lastIndexOf('/')))) {
    const slot = slots.get(path);
    if (slot !== undefined) return slot;
  }
  return undefined;
}

function removeFile(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // EISDIR, EPERM: an old directory stands there, not yet replaced.
    if (code === 'EPERM' && lstatSync(file).isDirectory()) return;
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && code !== 'EISDIR') throw error;
  }
}

/** Python may have died while it wrote to its cache under another name. */
function removeMadeDirectory(directory: string): void {
  if (path.basename(directory) === '__pycache__') removeBytecode(directory);
  else removeEmptyDirectory(directory);
}

function removeEmptyDirectory(directory: string): void {
  try {
    rmdirSync(directory);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'ENOTDIR' && code !== 'EEXIST') throw error;
  }
}

function listDirectory(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
