import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, onTestFinished } from 'vitest';

import { extractArchive } from '../../src/archive/index.ts';

/** A folder for a package, and beside it a file that no archive may touch. */
export interface ArchiveScene {
  readonly parent: string;
  readonly directory: string;
  /** Writes and extracts an archive; gives what went wrong, and has checked that nothing outside has changed. */
  readonly attempt: (bytes: Uint8Array, windows?: boolean) => Promise<unknown>;
}

/** To be called in a test; all is gone when it has ended. */
export function makeArchiveScene(): ArchiveScene {
  const parent = mkdtempSync(path.join(tmpdir(), 'tconda-hostile-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const directory = path.join(parent, 'package');
  mkdirSync(directory);
  writeFileSync(path.join(parent, 'victim'), 'untouched');
  return {
    parent,
    directory,
    attempt: async (bytes, windows = false) => {
      const file = path.join(parent, 'hostile-1.0-0.archive');
      writeFileSync(file, bytes);
      const error: unknown = await extractArchive(file, directory, { windows, limits: LIMITS }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      // Whatever came of it: nothing outside has changed.
      expect(readdirSync(parent).toSorted()).toEqual(['hostile-1.0-0.archive', 'package', 'victim']);
      expect(readFileSync(path.join(parent, 'victim'), 'utf8')).toBe('untouched');
      expect(statSync(path.join(parent, 'victim')).nlink).toBe(1);
      return error;
    },
  };
}

/** What an archive may unpack to. */
export const LIMITS = {
  bytes: 64 * 1024 * 1024,
  ratio: 1000,
  unsuspicious: 1024 ** 3,
  members: 2000,
  pathLength: 4096,
};

/** An error of ours that says which archive it is about. */
export const REFUSED = {
  name: 'TcondaError',
  code: expect.stringMatching(/^(?:INVALID|UNSAFE)_ARCHIVE$/) as string,
  message: expect.stringMatching(/^hostile-1\.0-0\.archive: /) as string,
};
