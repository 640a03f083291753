import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { PrefixData } from '../model/prefix-record.ts';
import { formatCanonicalDist } from '../report/dist-json.ts';
import type { CommandResult, CommandSpec } from './command.ts';
import { loadEnvironmentOf } from './environment.ts';
import { isSet } from './option-values.ts';
import { promptOptions, targetOptions } from './options.ts';
import { findOwners } from './owns.ts';
import { loadSettings } from './settings.ts';

export const packageFiles: CommandSpec = {
  summary: 'Make and open package archives, and ask whose files are whose',
  operands: ['[paths...]'],
  options: [
    targetOptions,
    {
      heading: 'Files of an environment',
      options: [
        { flags: '-w, --which', namesOperands: true, description: 'say which packages PATHS belong to' },
        { flags: '-u, --untracked', description: 'list files that belong to no package' },
        { flags: '-r, --reset', description: 'delete files that belong to no package' },
        ...['name', 'version', 'build'].map((part) => ({
          flags: `--pkg-${part} <text>`,
          description: 'nothing',
          hidden: true,
          refused: 'packages are made with: tconda package create',
        })),
      ],
    },
    promptOptions,
  ],
  examples: ['tconda package --which bin/python', 'tconda package -n myenv --untracked'],
  async run(paths, options, context) {
    if (isSet(options, 'which')) {
      const found = await findOwners(paths, options, context);
      const rows = found.flatMap(({ file, owners }) =>
        owners.map((record) => ({ file, dist: formatCanonicalDist(record) })),
      );
      return {
        kind: 'output',
        json: rows,
        lines: rows.map(({ file, dist }) => `${file.padEnd(48)} ${dist}`),
      };
    }
    if (!isSet(options, 'untracked') && !isSet(options, 'reset')) {
      throw new TcondaError('USAGE', 'package needs a command, or one of --which, --untracked, --reset', {
        hint: 'See tconda package --help',
      });
    }
    const config = await loadSettings(options, context);
    const installed = await loadEnvironmentOf(config, context);
    const files = findUntracked(installed);
    context.say(`# prefix: ${installed.prefix}`);
    if (!isSet(options, 'reset')) {
      return result(installed.prefix, files, [`# untracked files: ${files.length}`, ...files]);
    }
    context.say(...files);
    if (config.get('dry_run')) {
      return { ...result(installed.prefix, files, []), notice: 'DryRunExit: Dry run. Exiting.' };
    }
    const isSure = config.get('always_yes') === true;
    const message = `Delete ${files.length} files`;
    const act = `Deleting ${files.length} files in ${installed.prefix}`;
    if (!isSure && !(await context.ask({ message, otherwise: false, unasked: { act } }))) {
      return { kind: 'output', json: { success: false }, lines: [], notice: 'CondaSystemExit: Exiting.' };
    }
    for (const file of files) rmSync(path.join(installed.prefix, file), { force: true });
    return result(installed.prefix, files, []);
  },
};

function result(
  prefix: string,
  files: readonly string[],
  lines: readonly string[],
): CommandResult & { kind: 'output' } {
  return { kind: 'output', json: { success: true, prefix, untracked: files }, lines };
}

/** Files that no package brought and that are not what conda itself keeps. Compiled python code counts to its source. */
export function findUntracked({ prefix, records }: PrefixData): readonly string[] {
  const owned = new Set(records.flatMap(({ files }) => files));
  return filesBelow(prefix, '')
    .filter((file) => !owned.has(file) && !isOurs(file))
    .toSorted();
}

function filesBelow(prefix: string, below: string): readonly string[] {
  return readdirSync(path.join(prefix, below), { withFileTypes: true }).flatMap((entry) => {
    const at = below === '' ? entry.name : `${below}/${entry.name}`;
    if (!entry.isDirectory()) return [at];
    // Environments and caches of a base are no files of it.
    return below === '' && (entry.name === 'envs' || entry.name === 'pkgs') ? [] : filesBelow(prefix, at);
  });
}

function isOurs(file: string): boolean {
  return (
    /^(?:conda-meta|__clobbers__)\//.test(file) ||
    /^bin\/activate(?:\.\w+)?$/.test(file) ||
    file.endsWith('.pyc') ||
    file === '.condarc' ||
    file === '.messages.txt'
  );
}
