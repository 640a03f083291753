import { existsSync, lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { formatDistName } from '../model/package-record.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import type { CommandSpec, Context } from './command.ts';
import { isEnvironment, loadPrefixAt, notAnEnvironment } from './environment.ts';
import { readText } from './option-values.ts';
import { targetOptions } from './options.ts';
import { allRecords } from './pip-records.ts';
import { loadSettings } from './settings.ts';

export const owns: CommandSpec = {
  summary: 'Say which package a file belongs to',
  description:
    'Says which package of an environment a file belongs to. The environment is the one the file lies in; with -n or -p, ' +
    'PATHS that are not here are looked for there. A folder belongs to all packages that have something in it.',
  operands: ['<paths...>'],
  options: [targetOptions],
  examples: ['tconda owns ./env/bin/python', 'tconda owns -n myenv bin/python'],
  async run(paths, options, context) {
    const found = await findOwners(paths, options, context);
    return {
      kind: 'output',
      json: found.map(({ file, prefix, owners }) => ({
        path: file,
        prefix: prefix ?? null,
        packages: owners.map(formatDistName),
      })),
      lines: found.map(
        ({ file, owners }) =>
          `${file}: ${owners.length > 0 ? owners.map(formatDistName).join(', ') : 'no package'}`,
      ),
      exitCode: found.every(({ owners }) => owners.length > 0) ? 0 : 1,
    };
  },
};

/** A file, and whose it is. */
export interface Owned {
  readonly file: string;
  /** The environment it lies in. */
  readonly prefix: string | undefined;
  readonly owners: readonly PrefixRecord[];
}

/**
 * Finds whose each path is. A folder belongs to all who have something in it, and what is gone to the package that brought it.
 * @throws {TcondaError} `FILE_NOT_FOUND` for what is neither on the disk nor in a package
 */
export async function findOwners(
  paths: readonly string[],
  options: Parameters<CommandSpec['run']>[1],
  context: Context,
): Promise<readonly Owned[]> {
  const config = await loadSettings(options, context);
  const isNamed = readText(options, 'name') !== undefined || readText(options, 'prefix') !== undefined;
  const loaded = new Map<string, Promise<readonly PrefixRecord[]>>();
  const recordsOf = (prefix: string): Promise<readonly PrefixRecord[]> => {
    const known =
      loaded.get(prefix) ??
      loadPrefixAt(prefix, config, context).then((installed) => allRecords(installed, config, context));
    loaded.set(prefix, known);
    return known;
  };
  if (isNamed && !isEnvironment(config.targetPrefix)) throw notAnEnvironment(config.targetPrefix);
  return Promise.all(
    paths.map(async (given) => {
      if (given === '') throw new TcondaError('USAGE', 'a path is empty');
      const places = isNamed ? [context.host.cwd, config.targetPrefix] : [context.host.cwd];
      const files = places.map((place) => path.resolve(place, given));
      const found = files.find((one) => lstatSync(one, { throwIfNoEntry: false }) !== undefined);
      const file = found ?? files.at(-1) ?? given;
      const prefix = prefixOf(file);
      const records = prefix === undefined ? [] : await recordsOf(prefix);
      const wanted = prefix === undefined ? [] : namesWithin(prefix, file);
      const isFolder = found !== undefined && lstatSync(found).isDirectory();
      const isAt = (own: string, name: string): boolean =>
        own === name || (isFolder && (name === '' || own.startsWith(`${name}/`)));
      const owners = records.filter(({ files: own }) =>
        own.some((one) => wanted.some((name) => isAt(one, name))),
      );
      if (found === undefined && owners.length === 0) {
        throw new TcondaError('FILE_NOT_FOUND', `There is no file ${file}`);
      }
      return { file, prefix, owners };
    }),
  );
}

/** What a file is called in the environment: the folder may be reached by a link, the file itself may be one. */
function namesWithin(prefix: string, file: string): readonly string[] {
  const names = [path.relative(prefix, file)];
  try {
    const inPrefix = path.join(realpathSync(path.dirname(file)), path.basename(file));
    names.push(path.relative(realpathSync(prefix), inPrefix));
  } catch {
    // Its folder is gone, too.
  }
  return [...new Set(names)].map((name) => name.split(path.sep).join('/'));
}

function prefixOf(file: string): string | undefined {
  for (let folder = file; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'conda-meta'))) return folder;
    if (path.dirname(folder) === folder) return undefined;
  }
}
