import { readFileSync } from 'node:fs';

import { writeFileAtomic } from './atomic-file.ts';

/** Which mirrors failed lately, remembered between processes. */
export interface MirrorHealth {
  /** As they are listed, but those that failed lately at the end, the one that may soon come back first. */
  inOrder(mirrors: readonly string[]): readonly string[];
  /** A mirror that failed is asked last for a while, longer each time; one that answered is as good as any. */
  note(mirror: string, hasFailed: boolean): void;
  /** Writes what has changed. Failing that, the next process finds out anew. */
  save(): Promise<void>;
}

/**
 * Reads what is remembered, if anything.
 * @param file undefined: only this process remembers
 * @param now milliseconds since 1970
 */
export function loadMirrorHealth(file: string | undefined, now: () => number): MirrorHealth {
  const rests = file === undefined ? new Map<string, Rest>() : readRests(file);
  let isChanged = false;
  const left = (mirror: string): number => Math.max(0, (rests.get(mirror)?.until ?? 0) - now());
  return {
    inOrder: (mirrors) => mirrors.toSorted((a, b) => left(a) - left(b)),
    note(mirror, hasFailed) {
      const before = rests.get(mirror);
      if (!hasFailed && before === undefined) return;
      isChanged = true;
      if (!hasFailed) {
        rests.delete(mirror);
        return;
      }
      const failures = (before?.failures ?? 0) + 1;
      rests.set(mirror, {
        failures,
        until: now() + Math.min(LONGEST_REST, FIRST_REST * 2 ** (failures - 1)),
      });
    },
    async save() {
      if (!isChanged || file === undefined) return;
      try {
        await writeFileAtomic(file, JSON.stringify(Object.fromEntries(rests)));
      } catch {
        // A cache that can't be written to.
      }
    },
  };
}

interface Rest {
  /** One after the other. */
  readonly failures: number;
  /** Milliseconds since 1970, until when the others come first. */
  readonly until: number;
}

const FIRST_REST = 60_000;
const LONGEST_REST = 3_600_000;

function readRests(file: string): Map<string, Rest> {
  const rests = new Map<string, Rest>();
  try {
    const entries = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Partial<Rest>>);
    for (const [mirror, { failures, until }] of entries) {
      if (typeof failures === 'number' && typeof until === 'number') rests.set(mirror, { failures, until });
    }
  } catch {
    // Nothing is remembered, or not in a way that can be read: all are as good.
  }
  return rests;
}
