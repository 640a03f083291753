import { statSync } from 'node:fs';
import path from 'node:path';

import type { PrefixData } from '../model/prefix-record.ts';
import { HISTORY, JOURNAL } from './journal-file.ts';
import { type LoadPrefixOptions, readPrefix } from './prefix-data.ts';

export type { LoadPrefixOptions } from './prefix-data.ts';

/**
 * Everything that is known of the environment at `prefix`. An absent one has no records. Takes no lock and waits for nobody:
 * while a change is under way, or after one was cut off, it gives what was there before. Of one that another process changes at
 * this very moment it gives what was there before or after, and nothing in between.
 * @throws {TcondaError} `PREFIX_CORRUPT`: a record or the journal can't be read
 */
// oxlint-disable-next-line typescript/require-await -- the disk is read in one go; callers need not know
export async function loadPrefix(prefix: string, options: LoadPrefixOptions = {}): Promise<PrefixData> {
  for (let attempt = 1; ; attempt++) {
    const state = stateOf(prefix);
    const attempted = attemptToRead(prefix, options);
    const isSame = stateOf(prefix) === state;
    // What is listed and can't be found may be a symlink to nowhere.
    if ((isSame && (attempted.isWhole || attempt > PATIENCE)) || attempt === MOST) return attempted.settle();
  }
}

const PATIENCE = 3;
const MOST = 100;

/** Every change leaves another one, if only for as long as it is under way. */
function stateOf(prefix: string): string {
  return [JOURNAL, HISTORY, 'conda-meta'].map((name) => stateOfFile(path.join(prefix, name))).join('; ');
}

function stateOfFile(file: string): string {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? '';
  }
}

interface Attempt {
  /** Whether everything that was listed was there. */
  readonly isWhole: boolean;
  /** Tells what is to be told and gives what was found, or throws what was thrown. */
  settle(): PrefixData;
}

function attemptToRead(prefix: string, options: LoadPrefixOptions): Attempt {
  const { warn, onBroken } = options;
  const toTell: (() => void)[] = [];
  let isWhole = true;
  try {
    const found = readPrefix(prefix, {
      ...options,
      ...(warn && { warn: (text) => toTell.push(() => warn(text)) }),
      ...(onBroken && { onBroken: (error) => toTell.push(() => onBroken(error)) }),
      onLost: () => {
        isWhole = false;
      },
    });
    const settle = (): PrefixData => {
      for (const tell of toTell) tell();
      return found;
    };
    return { isWhole, settle };
  } catch (error) {
    return {
      isWhole,
      settle: () => {
        throw error;
      },
    };
  }
}
