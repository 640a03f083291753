import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import { onTestFinished } from 'vitest';

import { currentHost, type Host } from '../../src/host/index.ts';

/** A machine whose user has an empty home directory. */
export interface EmptyHome {
  readonly home: string;
  readonly host: Host;
  /** Writes a file of the home directory, with the folders that it needs. */
  readonly write: (file: string, text: string) => void;
}

/** To be called in a test; all is gone when it has ended. */
export function makeEmptyHome(): EmptyHome {
  const home = mkdtempSync(path.join(os.tmpdir(), 'tconda-config-'));
  onTestFinished(() => {
    rmSync(home, { recursive: true, force: true });
  });
  const host = {
    ...currentHost(),
    platform: 'linux',
    arch: 'x64',
    home,
    cwd: home,
    program: undefined,
    env: {},
  } as const;
  return {
    home,
    host,
    write: (file, text) => {
      const whole = path.join(home, file);
      mkdirSync(path.dirname(whole), { recursive: true });
      writeFileSync(whole, text);
    },
  };
}
