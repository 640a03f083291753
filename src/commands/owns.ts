import { existsSync, lstatSync, realpathSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { formatDistName } from '../model/package-record.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import type { CommandSpec, Context } from './command.ts';
import { loadPrefixAt } from './environment.ts';
import { readText } from './option-values.ts';
import { targetOptions } from './options.ts';
import { loadSettings } from './settings.ts';

export const owns: CommandSpec = {
  summary: 'Say which package a file belongs to',
  description:
    'Says which package of an environment a file belongs to. The environment is the one the file lies in; with -n or -p, ' +
    'PATHS that are not here are looked for there.',
  operands: ['<paths...>'],
  options: [targetOptions],
  examples: ['tconda owns ~/tconda/envs/myenv/bin/python', 'tconda owns -n myenv bin/python'],
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

/** @throws {TcondaError} `FILE_NOT_FOUND` */
export async function findOwners(
  paths: readonly string[],
  options: Parameters<CommandSpec['run']>[1],
  context: Context,
): Promise<readonly Owned[]> {
  const config = await loadSettings(options, context);
  const isNamed = readText(options, 'name') !== undefined || readText(options, 'prefix') !== undefined;
  return Promise.all(
    paths.map(async (given) => {
      if (given === '') throw new TcondaError('USAGE', 'a path is empty');
      const places = isNamed ? [context.host.cwd, config.targetPrefix] : [context.host.cwd];
      const files = places.map((place) => path.resolve(place, given));
      const file = files.find((one) => lstatSync(one, { throwIfNoEntry: false }) !== undefined);
      if (file === undefined) throw new TcondaError('FILE_NOT_FOUND', `There is no file ${files.at(-1)}`);
      const prefix = prefixOf(file);
      if (prefix === undefined) return { file, prefix, owners: [] };
      const { records } = await loadPrefixAt(prefix, config, context);
      // The folder may be reached by a link, the file itself may be one.
      const inPrefix = path.join(realpathSync(path.dirname(file)), path.basename(file));
      const names = new Set([path.relative(prefix, file), path.relative(realpathSync(prefix), inPrefix)]);
      const wanted = [...names].map((name) => name.split(path.sep).join('/'));
      return {
        file,
        prefix,
        owners: records.filter(({ files }) => wanted.some((name) => files.includes(name))),
      };
    }),
  );
}

function prefixOf(file: string): string | undefined {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'conda-meta'))) return folder;
    if (path.dirname(folder) === folder) return undefined;
  }
}
