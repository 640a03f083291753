import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';

import { writeFileAtomicSync } from '../io/atomic-file.ts';
import { type RegistryHive, writeAutoRun } from './windows-registry.ts';

/** A change of a file or a registry value; without content it stays as it is. */
export type FileEdit =
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly content: string | Uint8Array | undefined;
      /** Of a file that is not there yet. */
      readonly mode?: number;
      /** Only ours stands in it: with nothing in it, it goes. */
      readonly isOurs?: boolean;
    }
  | { readonly kind: 'registry'; readonly hive: RegistryHive; readonly content: string | undefined };

/** Whether what is to be changed may be: a file that is there, or else the first folder above it that is. */
export function isAllowed(edit: FileEdit): boolean {
  if (edit.kind === 'registry' || edit.content === undefined) return true;
  let at = resolveLinks(edit.file);
  while (lstatSync(at, { throwIfNoEntry: false }) === undefined && at !== path.dirname(at)) {
    at = path.dirname(at);
  }
  try {
    accessSync(at, constants.W_OK);
    // What takes the place of a file is made beside it.
    accessSync(statSync(at).isDirectory() ? at : path.dirname(at), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Makes the change. */
export function applyEdit(edit: FileEdit): void {
  if (edit.content === undefined) return;
  if (edit.kind === 'registry') writeAutoRun(edit.content, edit.hive);
  else if (edit.isOurs === true && edit.content.length === 0) rmSync(edit.file, { force: true });
  else writeEdit(edit.file, edit.content, edit.mode);
}

/** How a person finds what is changed. */
export function nameOfEdit(edit: FileEdit): string {
  return edit.kind === 'file' ? edit.file : `${edit.hive}\\Software\\Microsoft\\Command Processor\\AutoRun`;
}

/**
 * Writes a person's file at once and whole. It keeps its permissions, and a link to it stays a link: start files often
 * lie in a repository of their own.
 */
function writeEdit(file: string, content: string | Uint8Array, newMode?: number): void {
  const target = resolveLinks(file);
  mkdirSync(path.dirname(target), { recursive: true });
  const mode = statSync(target, { throwIfNoEntry: false })?.mode ?? newMode;
  writeFileAtomicSync(target, content, { durable: true, ...(mode !== undefined && { mode: mode & 0o7777 }) });
}

/** The file that links lead to, also one that is not there yet. */
function resolveLinks(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    const isLink = lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    return isLink ? resolveLinks(path.resolve(path.dirname(file), readlinkSync(file))) : file;
  }
}
