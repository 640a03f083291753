import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { linkTransaction, type LinkTransactionOptions } from '../../src/link/index.ts';
import type { ProgressEvent } from '../../src/model/event.ts';
import type { ExtractedPackage } from '../../src/model/package-files.ts';
import type { PrefixData } from '../../src/model/prefix-record.ts';
import { planTransaction } from '../../src/plan/index.ts';
import { loadPrefix, recordTransaction, withPrefixLock } from '../../src/record/index.ts';
import { type ExtractedPackageOptions, makeExtractedPackage, readTree } from './extracted-package.ts';

/** An environment in a temporary directory, and a package cache beside it. */
export interface TestEnvironment {
  readonly root: string;
  readonly prefix: string;
  readonly events: readonly ProgressEvent[];
  /** Makes a package in the cache: `zlib 1.3 h0_0`. */
  make(text: string, options?: ExtractedPackageOptions): ExtractedPackage;
  /** Brings the environment to hold exactly these packages, the way the program does. */
  change(packages: readonly ExtractedPackage[], options?: ChangeOptions): Promise<void>;
  load(): Promise<PrefixData>;
  /** What {@link readTree} gives, without `conda-meta/`. */
  tree(): Record<string, string>;
  dispose(): void;
}

export interface ChangeOptions extends Partial<LinkTransactionOptions> {
  readonly reinstall?: ReadonlySet<string>;
}

/** A root with an environment that is not there yet, to be changed by the real code. */
export function createTestEnvironment(): TestEnvironment {
  const root = mkdtempSync(path.join(tmpdir(), 'environment-'));
  const prefix = path.join(root, 'envs', 'e');
  const events: ProgressEvent[] = [];
  return {
    root,
    prefix,
    events,
    make: (text, options) => makeExtractedPackage(path.join(root, 'pkgs'), text, options),
    change: (packages, options = {}) => change(prefix, packages, events, options),
    load: () => loadPrefix(prefix),
    tree: () =>
      Object.fromEntries(
        Object.entries(readTree(prefix)).filter(([name]) => !name.startsWith('conda-meta/')),
      ),
    dispose: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Gives the action an environment of its own, which is gone afterwards. */
export async function withTestEnvironment(action: (env: TestEnvironment) => Promise<void>): Promise<void> {
  const env = createTestEnvironment();
  try {
    await action(env);
  } finally {
    env.dispose();
  }
}

async function change(
  prefix: string,
  packages: readonly ExtractedPackage[],
  events: ProgressEvent[],
  options: ChangeOptions,
): Promise<void> {
  const installed = await loadPrefix(prefix);
  const { reinstall = new Set<string>(), ...linkOptions } = options;
  const records = packages.map(({ record }) => record);
  const transaction = planTransaction(installed, records, { reinstall });
  await withPrefixLock(installed, {}, async (journal) => {
    const linked = await linkTransaction(transaction, packages, {
      journal,
      report: (event) => events.push(event),
      subdir: 'linux-64',
      canRun: true,
      env: { PATH: '/usr/bin:/bin' },
      rootPrefix: '',
      ...linkOptions,
    });
    await recordTransaction(transaction, linked, {
      journal,
      now: new Date(1_700_000_000_000),
      command: 'tconda test',
    });
  });
}
