import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { TcondaError } from '../../../src/errors.ts';
import type { CaseContext, TestCase } from '../kind.ts';

/** The text of a case, or of the file that was recorded for it. */
export function textOf(testCase: TestCase, { recorded }: CaseContext): string {
  if (typeof testCase['text'] === 'string') return testCase['text'];
  const file = recorded(String(testCase['file']));
  const bytes = readFileSync(file);
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
}

/** Of the lines in the order of the alphabet. */
export function sha256OfLines(lines: readonly string[]): string {
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex');
}

/** Undefined for what tconda refuses. */
export async function attempt<T>(read: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TcondaError) return undefined;
    throw error;
  }
}
