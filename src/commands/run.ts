import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { activatedProgram } from './activated-program.ts';
import type { CommandSpec, OptionGroup } from './command.ts';
import { isEnvironment, notAnEnvironment } from './environment.ts';
import { readText, readTexts } from './option-values.ts';
import { targetOptions } from './options.ts';
import { loadSettings } from './settings.ts';

const runOptions: OptionGroup = {
  heading: 'Program',
  options: [
    { flags: '--cwd <folder>', description: 'folder to run it in' },
    { flags: '-e, --env <name=value>', description: 'set a variable for it; may be repeated', repeat: true },
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
    if (program === undefined) {
      throw new TcondaError('USAGE', 'No command specified. Please provide a command to run');
    }
    const { host } = context;
    const config = await loadSettings(options, context);
    const prefix = config.targetPrefix;
    if (!isEnvironment(prefix)) throw notAnEnvironment(prefix);
    const activated = activatedProgram([program, ...args], config, context);
    const cwd = readText(options, 'cwd');
    const extra = readTexts(options, 'env').map(parseAssignment);
    return {
      kind: 'exec',
      ...activated,
      env: { ...activated.env, ...Object.fromEntries(extra) },
      ...(cwd === undefined ? {} : { cwd: path.resolve(host.cwd, cwd) }),
    };
  },
};

function parseAssignment(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new TcondaError('USAGE', `--env: '${text}' is not NAME=VALUE`);
  return [text.slice(0, at), text.slice(at + 1)];
}
