import { rmSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { nearNames } from '../report/near-names.ts';
import { formatCanonicalDist } from '../report/dist-json.ts';
import type { CommandResult, CommandSpec } from './command.ts';
import { loadEnvironmentOf } from './environment.ts';
import { isSet } from './option-values.ts';
import { promptOptions, targetOptions } from './options.ts';
import { findOwners } from './owns.ts';
import { packageUntracked } from './package-untracked.ts';
import { loadSettings } from './settings.ts';
import { CHANNELS } from './table/channels.ts';
import { findUntracked } from './untracked-files.ts';

export const packageFiles: CommandSpec = {
  summary: 'Make and open package archives, and ask whose files are whose',
  description:
    'Says which packages files belong to, and lists or deletes files that belong to none. Without any of these, as conda ' +
    'does, it makes a package of such files in this folder. Its commands make, open and check archives.',
  operands: ['[paths...]'],
  options: [
    targetOptions,
    {
      heading: 'Files of an environment',
      options: [
        { flags: '-w, --which', namesOperands: true, description: 'say which packages PATHS belong to' },
        { flags: '-u, --untracked', description: 'list files that belong to no package' },
        { flags: '-r, --reset', description: 'delete files that belong to no package' },
      ],
    },
    {
      heading: 'A package of those files, made in this folder',
      options: [
        { flags: '--pkg-name <name>', description: 'its name; default: unknown' },
        { flags: '--pkg-version <version>', description: 'its version; default: 0.0' },
        { flags: '--pkg-build <number>', description: 'its build number; default: 0' },
      ],
    },
    promptOptions,
  ],
  examples: [
    'tconda package -n myenv --which bin/python',
    'tconda package -n myenv --untracked',
    'tconda package -n myenv --pkg-name mine --pkg-version 1.0',
  ],
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
    if (paths[0] !== undefined) throw unknownCommand(paths[0]);
    const config = await loadSettings(options, context);
    const installed = await loadEnvironmentOf(config, context);
    const files = findUntracked(installed);
    context.say(`# prefix: ${installed.prefix}`);
    if (!isSet(options, 'untracked') && !isSet(options, 'reset')) {
      return packageUntracked(files, installed, options, config, context);
    }
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

/** Without --which there are no operands: what stands there was meant as a command. */
function unknownCommand(name: string): TcondaError {
  const names = CHANNELS.find((entry) => entry.name === 'package')?.commands?.map((entry) => entry.name);
  const near = nearNames(name, names ?? []);
  return new TcondaError('USAGE', `there is no command 'package ${name}'`, {
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'See tconda package --help',
    data: { command: name, suggestions: near },
  });
}

function result(
  prefix: string,
  files: readonly string[],
  lines: readonly string[],
): CommandResult & { kind: 'output' } {
  return { kind: 'output', json: { success: true, prefix, untracked: files }, lines };
}
