import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';

import type { LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { formatSize } from '../report/size.ts';
import { type CacheInventory, takeInventory } from './cache-inventory.ts';
import type { CommandOutput, CommandSpec, Context, OptionValues } from './command.ts';
import { isSet } from './option-values.ts';
import { promptOptions } from './options.ts';
import { loadSettings } from './settings.ts';

export const clean: CommandSpec = {
  summary: 'Remove unused packages and caches',
  description: 'Removes from the package caches what can be downloaded again. Environments stay as they are.',
  options: [
    {
      heading: 'What to remove',
      options: [
        { flags: '-a, --all', description: 'indexes, unused packages, archives, temporary files and logs' },
        { flags: '-i, --index-cache', description: 'cached indexes' },
        { flags: '-p, --packages', description: 'extracted packages that no environment is linked to' },
        { flags: '-t, --tarballs', description: 'downloaded archives' },
        { flags: '-f, --force-pkgs-dirs', description: 'the package caches as a whole' },
        { flags: '-c, --tempfiles', description: 'what was left half done' },
        { flags: '-l, --logfiles', description: 'logs' },
      ],
    },
    promptOptions,
  ],
  examples: ['tconda clean --all --dry-run', 'tconda clean --tarballs -y'],
  async run(_, options, context) {
    const wanted = readWanted(options);
    if (wanted.size === 0) {
      throw new TcondaError('USAGE', 'At least one removal target must be given', {
        hint: "See 'tconda clean --help'",
      });
    }
    const config = await loadSettings(options, context);
    const parts = partsOf(takeInventory(config.get('pkgs_dirs')), wanted);
    const isDryRun = config.get('dry_run');
    for (const part of parts) {
      context.say(describe(part));
      if (part.paths.length === 0 || isDryRun) continue;
      // oxlint-disable-next-line no-await-in-loop -- one question after the other
      if (await isConfirmed(config, context)) await removeAll(part.paths);
    }
    const json = { success: true, ...Object.fromEntries(parts.map((part) => [part.key, part.json])) };
    const output: CommandOutput = { kind: 'output', json, lines: [] };
    return isDryRun ? { ...output, notice: 'DryRunExit: Dry run. Exiting.' } : output;
  },
};

type PartName = 'tarballs' | 'index_cache' | 'packages' | 'tempfiles' | 'logfiles' | 'pkgs_dirs';

interface Part {
  readonly key: PartName;
  /** For people: `tarball(s)`. */
  readonly title: string;
  readonly paths: readonly string[];
  /** Undefined where it isn't told. */
  readonly size: number | undefined;
  readonly json: unknown;
}

function readWanted(options: OptionValues): ReadonlySet<PartName> {
  const flags: readonly (readonly [string, PartName])[] = [
    ['tarballs', 'tarballs'],
    ['indexCache', 'index_cache'],
    ['packages', 'packages'],
    ['tempfiles', 'tempfiles'],
    ['logfiles', 'logfiles'],
    ['forcePkgsDirs', 'pkgs_dirs'],
  ];
  const isAll = isSet(options, 'all');
  return new Set(
    flags
      .filter(([flag, part]) => isSet(options, flag) || (isAll && part !== 'pkgs_dirs'))
      .map(([, part]) => part),
  );
}

function partsOf(caches: readonly CacheInventory[], wanted: ReadonlySet<PartName>): readonly Part[] {
  const sized = (
    key: PartName,
    title: string,
    choose: (cache: CacheInventory) => ReadonlyMap<string, number>,
  ): Part => {
    const filled = caches.filter((cache) => choose(cache).size > 0);
    const size = filled.reduce(
      (sum, cache) => sum + [...choose(cache).values()].reduce((a, b) => a + b, 0),
      0,
    );
    return {
      key,
      title,
      paths: filled.flatMap((cache) =>
        [...choose(cache).keys()].map((name) => path.join(cache.pkgsDir, name)),
      ),
      size,
      json: {
        warnings: [],
        pkg_sizes: Object.fromEntries(
          filled.map((cache) => [cache.pkgsDir, Object.fromEntries(choose(cache))]),
        ),
        pkgs_dirs: Object.fromEntries(filled.map((cache) => [cache.pkgsDir, [...choose(cache).keys()]])),
        total_size: size,
      },
    };
  };
  const listed = (key: PartName, title: string, paths: readonly string[], json: unknown): Part => ({
    key,
    title,
    paths,
    size: undefined,
    json,
  });
  const indexes = caches.flatMap(({ indexCache }) => indexCache ?? []);
  const temporary = caches.flatMap(({ tempfiles }) => tempfiles);
  const logs = caches.flatMap(({ logfiles }) => logfiles);
  const dirs = caches.map(({ pkgsDir }) => pkgsDir);
  const all: readonly Part[] = [
    sized('tarballs', 'unused tarball(s)', (cache) => cache.tarballs),
    listed('index_cache', 'index cache(s)', indexes, { files: indexes }),
    sized('packages', 'unused package(s)', (cache) => cache.packages),
    listed('tempfiles', 'tempfile(s)', temporary, temporary),
    listed('logfiles', 'logfile(s)', logs, logs),
    listed('pkgs_dirs', 'package cache(s)', dirs, dirs),
  ];
  return all.filter(({ key }) => wanted.has(key));
}

function describe({ title, paths, size }: Part): string {
  if (paths.length === 0) return `There are no ${title} to remove.`;
  const total = size === undefined ? '' : ` (${formatSize(size)})`;
  return `Will remove ${paths.length}${total} ${title.replace('unused ', '')}.`;
}

async function isConfirmed(config: LoadedConfig, context: Context): Promise<boolean> {
  if (config.get('always_yes') === true || context.global.json) return true;
  return context.ask({ message: 'Proceed', otherwise: true });
}

/** Folders are renamed first, so that nobody finds half a package under its name. */
async function removeAll(paths: readonly string[]): Promise<void> {
  for (const file of paths) {
    const gone = path.join(path.dirname(file), `.removed-${randomUUID()}`);
    // oxlint-disable-next-line no-await-in-loop -- the disk is the limit
    await rename(file, gone).then(
      () => rm(gone, { recursive: true, force: true }),
      () => rm(file, { recursive: true, force: true }),
    );
  }
}
