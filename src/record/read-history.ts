import { statSync } from 'node:fs';
import path from 'node:path';

import { type BeforeImage, findBeforeImage } from './before-image.ts';
import { HISTORY } from './journal-file.ts';
import { readBytes } from './prefix-files.ts';

/**
 * The history of the environment at `prefix`, empty where there is none: without the entry of a change that is under way or was
 * cut off.
 * @throws {TcondaError} `PREFIX_CORRUPT`
 */
export function readHistory(prefix: string): string {
  return readHistoryBytes(prefix, findBeforeImage(prefix))?.toString('utf8') ?? '';
}

/** The same as bytes, undefined where there is none. */
export function readHistoryBytes(prefix: string, before: BeforeImage | undefined): Buffer | undefined {
  const bytes = readBytes(fileOf(prefix, before));
  if (before === undefined) return bytes;
  return before.historySize === undefined ? undefined : bytes?.subarray(0, before.historySize);
}

/** How many bytes {@link readHistory} finds; undefined where there is none. */
export function historySize(prefix: string): number | undefined {
  const before = findBeforeImage(prefix);
  if (before !== undefined) return before.historySize;
  return statSync(fileOf(prefix, before), { throwIfNoEntry: false })?.size;
}

function fileOf(prefix: string, before: BeforeImage | undefined): string {
  return before?.locate('history') ?? path.join(prefix, HISTORY);
}
