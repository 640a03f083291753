import { lstatSync, mkdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomicSync } from '../io/atomic-file.ts';

/** A change of a file or a registry value; without content it stays as it is. */
export type FileEdit =
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly content: string | Uint8Array | undefined;
      /** Of a file that is not there yet. */
      readonly mode?: number;
    }
  | { readonly kind: 'registry'; readonly content: string | undefined };

/**
 * Writes a person's file at once and whole. It keeps its permissions, and a link to it stays a link: start files often
 * lie in a repository of their own.
 */
export function writeEdit(file: string, content: string | Uint8Array, newMode?: number): void {
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
