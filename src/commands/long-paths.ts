import { TcondaError } from '../errors.ts';
import type { CommandSpec } from './command.ts';
import { promptOptions } from './options.ts';
import { loadSettings } from './settings.ts';
import { writeLongPathsEnabled } from './windows-registry.ts';

export const enableLongPaths: CommandSpec = {
  summary: 'Let Windows take paths of more than 260 characters',
  description:
    'Sets the value of the registry that lets programs use long paths. It is for the whole machine, so it needs the ' +
    'rights of an administrator; it counts for programs that start afterwards.',
  options: [promptOptions],
  examples: ['tconda shell enable_long_path_support'],
  async run(_, options, context) {
    const config = await loadSettings(options, context);
    if (context.host.platform !== 'win32') {
      throw new TcondaError(
        'INVALID_VALUE',
        'only Windows has a limit for the length of paths that can be lifted',
      );
    }
    if (!config.get('dry_run')) {
      try {
        writeLongPathsEnabled();
      } catch (cause) {
        throw new TcondaError('NOT_ALLOWED', 'the registry can not be changed', {
          hint: 'Run it as an administrator',
          cause,
        });
      }
    }
    return {
      kind: 'output',
      json: { success: true, dry_run: config.get('dry_run') },
      lines: [config.get('dry_run') ? 'Long paths would be enabled.' : 'Long paths are enabled.'],
    };
  },
};
