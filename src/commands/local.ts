import { existsSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';

import { prefixOfName } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { writeFileAtomicSync } from '../io/atomic-file.ts';
import { AUTO_FILE, parseAutoFile } from '../shell/index.ts';
import type { CommandOutput, CommandSpec, Context, OptionGroup } from './command.ts';
import { isEnvironment, notAnEnvironment } from './environment.ts';
import { isSet } from './option-values.ts';
import { loadSettings } from './settings.ts';
import { readText } from './shell-hook.ts';
import { rememberTrust, trustOf } from './trusted-files.ts';

const localOptions: OptionGroup = {
  heading: 'File',
  options: [
    { flags: '--unset', description: `take the ${AUTO_FILE} of this folder away`, conflicts: ['trust'] },
    { flags: '--trust', description: 'activate by the file that is there, whoever wrote it' },
  ],
};

export const local: CommandSpec = {
  summary: 'Name the environment of a folder',
  description:
    `Writes a file ${AUTO_FILE} into this folder. A shell prepared by tconda init activates that environment in it and ` +
    'below, and leaves it outside. Without a name it tells which environment that is here.',
  operands: ['[environment]'],
  options: [localOptions],
  examples: ['tconda local myenv', 'tconda local ./env', 'tconda local', 'tconda local --unset'],
  async run([environment], options, context) {
    const config = await loadSettings(options, context);
    const { host } = context;
    const own = path.join(host.cwd, AUTO_FILE);
    if (isSet(options, 'unset')) {
      rmSync(own, { force: true });
      return { kind: 'output', json: { success: true }, lines: [] };
    }
    if (isSet(options, 'trust')) {
      const { file, content } = findFile(context);
      rememberTrust(realpathSync(file), content, true, host);
      return { kind: 'output', json: { success: true, file }, lines: [] };
    }
    if (environment === undefined) return describe(context);
    const content = `${environment}\n`;
    const named = parseAutoFile(own, content, host.home);
    if (named.kind === 'none')
      throw new TcondaError('INVALID_VALUE', `'${environment}' names no environment`);
    const prefix = named.kind === 'path' ? named.path : prefixOfName(named.name, config);
    if (!isEnvironment(prefix)) {
      if (named.kind === 'path') throw notAnEnvironment(prefix);
      throw new TcondaError('ENVIRONMENT_NAME_NOT_FOUND', `Could not find conda environment: ${named.name}`, {
        data: { environment_name: named.name },
      });
    }
    writeFileAtomicSync(own, content);
    rememberTrust(realpathSync(own), content, true, host);
    return { kind: 'output', json: { success: true, file: own, prefix }, lines: [] };
  },
};

function describe(context: Context): CommandOutput {
  const { file, content } = findFile(context);
  const { host } = context;
  const named = parseAutoFile(file, content, host.home);
  const text = named.kind === 'path' ? named.path : named.kind === 'name' ? named.name : null;
  const isTrusted =
    path.basename(file) !== AUTO_FILE || trustOf(realpathSync(file), content, host) === 'trusted';
  const note = isTrusted ? '' : ', which is not trusted';
  return {
    kind: 'output',
    json: { environment: text, file, trusted: isTrusted },
    lines: [`${text ?? 'no environment'} (${file}${note})`],
  };
}

/** The file that holds for this folder: the nearest one, here or above. */
function findFile({ host }: Context): { readonly file: string; readonly content: string } {
  for (let folder = host.cwd; ; folder = path.dirname(folder)) {
    const file = [AUTO_FILE, '.python-version'].map((name) => path.join(folder, name)).find(existsSync);
    if (file !== undefined) return { file, content: readText(file) ?? '' };
    if (path.dirname(folder) === folder) break;
  }
  throw new TcondaError('FILE_NOT_FOUND', `neither this folder nor one above it has a file ${AUTO_FILE}`, {
    hint: 'Name an environment: tconda local myenv',
  });
}
