import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';

import { isTemporaryName, writeFileAtomicSync } from '../io/atomic-file.ts';
import { JOURNAL } from './journal-file.ts';
import { copyPlaceOf, type LeftBeside } from './left-beside.ts';
import { listDirectory } from './prefix-files.ts';
import { placeOf } from './staging.ts';

/** The prefixes that `file` (`~/.conda/environments.txt`) lists, one a line; those that are no more are left out. */
export function listEnvironments(file: string): string[] {
  return linesOf(readText(file)).filter(isEnvironment);
}

/**
 * Adds a prefix, unless it is there or stands for a build in progress. Says why when the file can't be written. What others add
 * at the same time stays.
 */
export function registerEnvironment(file: string, prefix: string): string | undefined {
  if (/placehold_pl|skeleton_/.test(prefix) || /[\r\n]/.test(prefix)) return undefined;
  const text = readText(file);
  if (linesOf(text).includes(prefix)) return undefined;
  const isCut = text !== '' && !text.endsWith('\n');
  return explain(file, () => appendFileSync(file, `${isCut ? '\n' : ''}${prefix}\n`));
}

/** Takes a prefix out, and with it those that are no more. */
export function unregisterEnvironment(file: string, prefix: string): string | undefined {
  return explain(file, () => {
    for (let text = readText(file); ;) {
      const lines = linesOf(text);
      const left = lines.filter((line) => line !== prefix && (isEnvironment(line) || isBeingMade(line)));
      const now = readText(file);
      // Somebody added one in the meantime.
      if (now !== text) text = now;
      else if (left.length === lines.length) return;
      else return writeFileAtomicSync(file, left.map((line) => `${line}\n`).join(''));
    }
  });
}

/**
 * What is to be tidied up about the file: lines of environments that are no more, and beginnings of it that got no name in a
 * minute, as their writers died.
 */
export function findLeftListed(file: string, now: number): readonly LeftBeside[] {
  const gone = linesOf(readText(file)).filter((line) => !isEnvironment(line) && !isBeingMade(line));
  const directory = path.dirname(file);
  const unfinished = listDirectory(directory)
    .filter((name) => name.startsWith(`${path.basename(file)}.`) && isTemporaryName(name))
    .map((name) => path.join(directory, name))
    .filter((place) => now - (statSync(place, { throwIfNoEntry: false })?.mtimeMs ?? now) > 60_000);
  return [
    ...gone.map((line) => ({
      path: `${file}: ${line}`,
      remove: () => Promise.resolve(void unregisterEnvironment(file, line)),
    })),
    ...unfinished.map((place) => ({ path: place, remove: () => rm(place, { force: true }) })),
  ];
}

function isEnvironment(prefix: string): boolean {
  return existsSync(path.join(prefix, 'conda-meta', 'history'));
}

/** It is listed before it has its name. */
function isBeingMade(prefix: string): boolean {
  return existsSync(path.join(placeOf(prefix), JOURNAL)) || existsSync(copyPlaceOf(prefix));
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  return [...new Set(lines.filter((line) => line !== ''))];
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function explain(file: string, write: () => void): string | undefined {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    write();
    return undefined;
  } catch (error) {
    return `${file} can't be written: ${(error as NodeJS.ErrnoException).code ?? String(error)}`;
  }
}
