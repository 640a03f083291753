import path from 'node:path';

import type { LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import {
  type CacheCleanables,
  type Cleanable,
  findIndexCaches,
  findLogFiles,
  findPackageCaches,
  findStaleExtractions,
  findTemporaryFiles,
  findUnusedPackages,
  findUnusedTarballs,
  removeCleanables,
} from '../fetch/index.ts';
import { formatSize } from '../report/size.ts';
import { chooseItems } from './clean-choice.ts';
import { findLeftovers } from './clean-leftovers.ts';
import { findPackageUsers } from './clean-usage.ts';
import type { CommandOutput, CommandSpec, Context, OptionValues } from './command.ts';
import { environmentsFile, findEnvironments } from './environments.ts';
import { isSet } from './option-values.ts';
import { promptOptions } from './options.ts';
import { loadSettings } from './settings.ts';

export const clean: CommandSpec = {
  summary: 'Remove unused packages and caches',
  description: 'Removes from the package caches what can be downloaded again. Environments stay as they are.',
  operands: ['[folders...]'],
  options: [
    {
      heading: 'What to remove',
      options: [
        { flags: '-a, --all', description: 'indexes, unused packages, archives, temporary files and logs' },
        { flags: '-i, --index-cache', description: 'cached indexes' },
        { flags: '-p, --packages', description: 'extracted packages that no environment uses' },
        { flags: '-t, --tarballs', description: 'downloaded archives' },
        { flags: '-f, --force-pkgs-dirs', description: 'the package caches as a whole' },
        {
          flags: '-c, --tempfiles',
          namesOperands: true,
          description: 'leftovers below FOLDERS; default: the base environment',
        },
        { flags: '-l, --logfiles', description: 'logs' },
      ],
    },
    {
      heading: 'How much of it',
      options: [
        {
          flags: '--older-than <time>',
          description: 'only what was not used since this date, or for this time: 2026-04-01, 30d, 12h',
        },
        {
          flags: '--max-size <size>',
          description: 'only as much, the longest unused first, as leaves the caches this large: 5GB, 500MB',
        },
      ],
    },
    promptOptions,
  ],
  examples: [
    'tconda clean --all --dry-run',
    'tconda clean --tarballs -y',
    'tconda clean --packages --tarballs --older-than 90d --max-size 10GB',
  ],
  async run(folders, options, context) {
    const wanted = PARTS.filter((part) => isWanted(part, options));
    if (wanted.length === 0) {
      throw new TcondaError('USAGE', 'At least one removal target must be given', {
        hint: "See 'tconda clean --help'",
      });
    }
    const config = await loadSettings(options, context);
    const places: Places = {
      pkgsDirs: config.get('pkgs_dirs'),
      used: findPackageUsers(findEnvironments(config, context.host).map(({ prefix }) => prefix)),
      folders:
        folders.length > 0
          ? folders.map((folder) => path.resolve(context.host.cwd, folder))
          : [config.get('root_prefix')],
      envsDirs: config.get('envs_dirs'),
      environmentsFile: environmentsFile(context.host),
    };
    const isDryRun = config.get('dry_run');
    const json: Record<string, unknown> = { success: true };
    const found: [Part, readonly CacheCleanables[]][] = [];
    for (const part of wanted) found.push([part, await part.find(places)]);
    for (const [part, caches] of chooseItems(found, options, places.pkgsDirs, context.host.now())) {
      json[part.key] = part.json(caches);
      context.say(describe(part, itemsOf(caches)));
      if (context.global.verbosity > 0) for (const item of itemsOf(caches)) context.say(describeItem(item));
      if (!isDryRun) await removeAfterAsking(part.title, itemsOf(caches), config, context);
    }
    if (wanted.some((part) => part.key === 'packages')) json['in_use'] = Object.fromEntries(places.used);
    const output: CommandOutput = { kind: 'output', json, lines: [] };
    return isDryRun ? { ...output, notice: 'DryRunExit: Dry run. Exiting.' } : output;
  },
};

interface Places {
  readonly pkgsDirs: readonly string[];
  /** Extracted packages, and the environments that use each. */
  readonly used: ReadonlyMap<string, readonly string[]>;
  readonly folders: readonly string[];
  readonly envsDirs: readonly string[];
  /** The file that lists environments. */
  readonly environmentsFile: string;
}

interface Part {
  /** conda's key in the JSON. */
  readonly key: string;
  readonly flag: string;
  /** For people: `tarball(s)`. */
  readonly title: string;
  readonly isSized: boolean;
  readonly find: (places: Places) => readonly CacheCleanables[] | Promise<readonly CacheCleanables[]>;
  readonly json: (caches: readonly CacheCleanables[]) => unknown;
}

const asPaths = (caches: readonly CacheCleanables[]): readonly string[] =>
  itemsOf(caches).map((item) => item.path);
const asSizes = (caches: readonly CacheCleanables[]): unknown => {
  const filled = caches.filter(({ items }) => items.length > 0);
  return {
    warnings: [],
    pkg_sizes: Object.fromEntries(
      filled.map(({ pkgsDir, items }) => [
        pkgsDir,
        Object.fromEntries(items.map(({ name, size }) => [name, size])),
      ]),
    ),
    pkgs_dirs: Object.fromEntries(
      filled.map(({ pkgsDir, items }) => [pkgsDir, items.map(({ name }) => name)]),
    ),
    total_size: sizeOf(itemsOf(caches)),
  };
};
const without = (items: readonly Cleanable[]): readonly CacheCleanables[] => [{ pkgsDir: '', items }];

const PARTS: readonly Part[] = [
  {
    key: 'tarballs',
    flag: 'tarballs',
    title: 'tarball(s)',
    isSized: true,
    find: ({ pkgsDirs }) => findUnusedTarballs(pkgsDirs),
    json: asSizes,
  },
  {
    key: 'index_cache',
    flag: 'indexCache',
    title: 'index cache(s)',
    isSized: false,
    find: ({ pkgsDirs }) => findIndexCaches(pkgsDirs),
    json: (caches) => ({ files: asPaths(caches) }),
  },
  {
    key: 'packages',
    flag: 'packages',
    title: 'package(s)',
    isSized: true,
    find: ({ pkgsDirs, used }) => findUnusedPackages(pkgsDirs, new Set(used.keys())),
    json: asSizes,
  },
  {
    key: 'tempfiles',
    flag: 'tempfiles',
    title: 'tempfile(s)',
    isSized: false,
    find: async ({ folders, pkgsDirs, envsDirs, environmentsFile }) => [
      ...without(findTemporaryFiles(folders)),
      ...(await findStaleExtractions(pkgsDirs)),
      ...without(await findLeftovers(envsDirs, environmentsFile)),
    ],
    json: asPaths,
  },
  {
    key: 'logfiles',
    flag: 'logfiles',
    title: 'logfile(s)',
    isSized: false,
    find: ({ pkgsDirs }) => findLogFiles(pkgsDirs),
    json: asPaths,
  },
  {
    key: 'pkgs_dirs',
    flag: 'forcePkgsDirs',
    title: 'package cache(s)',
    isSized: false,
    find: ({ pkgsDirs }) => without(findPackageCaches(pkgsDirs)),
    json: asPaths,
  },
];

function isWanted(part: Part, options: OptionValues): boolean {
  return isSet(options, part.flag) || (isSet(options, 'all') && part.key !== 'pkgs_dirs');
}

function describe(part: Part, items: readonly Cleanable[]): string {
  if (items.length === 0) return `There are no ${part.isSized ? 'unused ' : ''}${part.title} to remove.`;
  const total = part.isSized ? ` (${formatSize(sizeOf(items))})` : '';
  return `Will remove ${items.length}${total} ${part.title}.`;
}

function describeItem({ name, size }: Cleanable): string {
  return `  ${name} (${formatSize(size)})`;
}

async function removeAfterAsking(
  title: string,
  items: readonly Cleanable[],
  config: LoadedConfig,
  context: Context,
): Promise<void> {
  const isSure = config.get('always_yes') === true || context.global.json;
  if (items.length === 0) return;
  const unasked = { act: `Deleting ${items.length} ${title}` };
  if (!isSure && !(await context.ask({ message: 'Proceed', otherwise: true, unasked }))) return;
  const { failed } = await removeCleanables(items);
  for (const { item, reason } of failed) context.warn(`warning: ${item.path} is still there: ${reason}`);
}

function itemsOf(caches: readonly CacheCleanables[]): readonly Cleanable[] {
  return caches.flatMap(({ items }) => items);
}

function sizeOf(items: readonly Cleanable[]): number {
  return items.reduce((sum, { size }) => sum + size, 0);
}
