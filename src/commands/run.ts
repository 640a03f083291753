import { statSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { Host } from '../host/index.ts';
import { settlePrefix } from '../record/index.ts';
import { activatedProgram } from './activated-program.ts';
import type { CommandSpec, OptionGroup } from './command.ts';
import { isEnvironment, notAnEnvironment } from './environment.ts';
import { expandHome } from './expand-home.ts';
import { readText, readTexts } from './option-values.ts';
import { targetOptions } from './options.ts';
import { loadSettings } from './settings.ts';

const runOptions: OptionGroup = {
  heading: 'Program',
  options: [
    { flags: '--cwd <folder>', description: 'folder to run it in' },
    {
      flags: '-e, --env <name=value>',
      description: 'set a variable for it, or with a name alone pass it on; may be repeated',
      repeat: true,
    },
    {
      flags: '-s, --no-capture-output',
      description: 'pass output on as it comes',
      aliases: ['--live-stream'],
      noEffect: 'output is never held back',
    },
    { flags: '--debug-wrapper-scripts', description: 'nothing', hidden: true, noEffect: 'there are none' },
    { flags: '--dev', description: 'nothing', hidden: true, noEffect: 'it is for work on conda itself' },
  ],
};

export const run: CommandSpec = {
  summary: 'Run a program in an environment',
  description:
    'Runs a program with the environment active: its variables, its PATH and its activation scripts. The program has ' +
    'this terminal, and its exit code is that of the command. Options behind its name are its own.',
  operands: ['[program]', '[args...]'],
  options: [targetOptions, runOptions],
  examples: ['tconda run -n myenv python -c "import numpy"', 'tconda run -p ./env --cwd /data -- make -j4'],
  passThrough: true,
  async run([program, ...args], options, context) {
    if (program === undefined || program === '') {
      throw new TcondaError('USAGE', 'No command specified. Please provide a command to run');
    }
    const { host } = context;
    const config = await loadSettings(options, context);
    const prefix = config.targetPrefix;
    // The base needs no installation.
    if (prefix !== config.get('root_prefix') && !isEnvironment(prefix)) throw notAnEnvironment(prefix);
    await settlePrefix(prefix, context.report);
    const extra = readTexts(options, 'env').map((text) => parseAssignment(text, host));
    const activated = activatedProgram([program, ...args], config, context, new Map(extra));
    const given = readText(options, 'cwd');
    const cwd = given === undefined ? undefined : path.resolve(host.cwd, expandHome(given, host.home));
    if (cwd !== undefined && !isFolder(cwd)) {
      throw new TcondaError('INVALID_VALUE', `--cwd: ${cwd} is not a folder`);
    }
    return { kind: 'exec', ...activated, ...(cwd === undefined ? {} : { cwd }) };
  },
};

/** `NAME=VALUE`, or `NAME` for the value it has out here. */
function parseAssignment(text: string, host: Host): readonly [string, string] {
  const [name = '', ...value] = text.split('=');
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new TcondaError('USAGE', `--env: '${text}' is neither NAME=VALUE nor NAME`);
  }
  return [name, value.length === 0 ? (host.env[name] ?? '') : value.join('=')];
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
}
