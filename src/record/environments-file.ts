import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomicSync } from '../io/atomic-file.ts';

/** The prefixes that `file` (`~/.conda/environments.txt`) lists, one a line; those that are no more are left out. */
export function listEnvironments(file: string): string[] {
  return readLines(file).filter(isEnvironment);
}

/** Adds a prefix, unless it is there or stands for a build in progress. Says why when the file can't be written. */
export function registerEnvironment(file: string, prefix: string): string | undefined {
  if (/placehold_pl|skeleton_/.test(prefix) || /[\r\n]/.test(prefix)) return undefined;
  const lines = readLines(file);
  return lines.includes(prefix) ? undefined : writeLines(file, [...lines, prefix]);
}

/** Takes a prefix out, and with it those that are no more. */
export function unregisterEnvironment(file: string, prefix: string): string | undefined {
  const lines = readLines(file);
  const left = lines.filter((line) => line !== prefix && isEnvironment(line));
  return left.length === lines.length ? undefined : writeLines(file, left);
}

function isEnvironment(prefix: string): boolean {
  return existsSync(path.join(prefix, 'conda-meta', 'history'));
}

function readLines(file: string): string[] {
  try {
    const lines = readFileSync(file, 'utf8').split(/\r?\n/);
    return [...new Set(lines.map((line) => line.trim()).filter((line) => line !== ''))];
  } catch {
    return [];
  }
}

function writeLines(file: string, lines: readonly string[]): string | undefined {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileAtomicSync(file, lines.map((line) => `${line}\n`).join(''));
    return undefined;
  } catch (error) {
    return `${file} can't be written: ${(error as NodeJS.ErrnoException).code ?? String(error)}`;
  }
}
