import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { parseMatchSpec } from '../model/match-spec-text.ts';
import { execPlaceOf, holdPlace } from '../record/index.ts';
import { activatedProgram } from './activated-program.ts';
import { runChange } from './change.ts';
import type { CommandSpec, Context } from './command.ts';
import { lockOptions } from './lock-options.ts';
import { readTexts } from './option-values.ts';
import { channelOptions, networkOptions } from './options.ts';
import { loadSettings } from './settings.ts';

export const exec: CommandSpec = {
  summary: 'Run a program of a package without installing it',
  description:
    'Makes an environment for one run of a program, and takes it away afterwards. Without --spec it holds the package ' +
    'that is called as the program is. The packages stay in the cache, so that the next run is quick.',
  operands: ['<program>', '[args...]'],
  options: [
    {
      heading: 'Packages',
      options: [{ flags: '-s, --spec <spec>', description: 'install this; may be repeated', repeat: true }],
    },
    channelOptions,
    networkOptions,
  ],
  examples: [
    'tconda exec ripgrep --version',
    'tconda exec -s "python=3.13" -s numpy python -c "import numpy"',
  ],
  passThrough: true,
  async run([program = '', ...args], options, context) {
    if (program === '') throw new TcondaError('USAGE', 'the name of the program is empty');
    const given = readTexts(options, 'spec');
    const specs = given.length > 0 ? given : [program];
    for (const spec of specs) parseMatchSpec(spec);
    const settings = await loadSettings(options, context);
    // Beside other environments, so that files can be linked from the cache.
    const directory = settings.get('envs_dirs')[0] ?? path.join(settings.get('root_prefix'), 'envs');
    const prefix = execPlaceOf(directory, randomUUID());
    // The output is the program's own.
    const quiet: Context = {
      ...context,
      say: () => undefined,
      report: (event) => {
        if (event.kind === 'warning' || event.kind === 'message') context.report(event);
      },
    };
    const config = await loadSettings(options, quiet, {
      channels: [],
      overrideChannels: false,
      target: { prefix },
    });
    // Says that it is in use, though nobody changes it.
    const lease = await holdPlace(prefix, `environment ${prefix}`, lockOptions(config, context));
    const clean = async (): Promise<void> => {
      await rm(prefix, { recursive: true, force: true });
      await lease.release();
    };
    try {
      const unlisted = withoutRegistering(config);
      await runChange(
        { command: 'create', wanted: { kind: 'specs', specs }, isAsked: false },
        unlisted,
        quiet,
      );
      context.signal.throwIfAborted();
      return { kind: 'exec', ...activatedProgram([program, ...args], config, context), after: clean };
    } catch (error) {
      await clean();
      if (error instanceof TcondaError && error.code === 'PACKAGES_NOT_FOUND' && given.length === 0) {
        throw new TcondaError('PACKAGES_NOT_FOUND', error.message, {
          hint: `Name the package of ${program}: tconda exec --spec PACKAGE ${program}`,
          cause: error,
        });
      }
      throw error;
    }
  },
};

/** An environment of a few seconds stands in nobody's list and nobody's menu. */
function withoutRegistering(config: Awaited<ReturnType<typeof loadSettings>>): typeof config {
  const get: typeof config.get = (key) => {
    if (key === 'register_envs' || key === 'shortcuts')
      return false as ReturnType<typeof config.get<typeof key>>;
    return config.get(key);
  };
  return { ...config, get };
}
