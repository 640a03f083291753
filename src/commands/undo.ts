import { TcondaError } from '../errors.ts';
import type { CommandSpec } from './command.ts';
import { channelOptions, networkOptions, promptOptions, targetOptions } from './options.ts';
import { restoreRevision } from './restore-revision.ts';

export const undo: CommandSpec = {
  summary: 'Take back the last change of an environment',
  description:
    'Brings an environment back to the packages it had before its last change. The history keeps both, so that an undo ' +
    'can be undone.',
  options: [
    targetOptions,
    channelOptions,
    networkOptions,
    promptOptions,
    {
      heading: 'Frozen environments',
      options: [{ flags: '--override-frozen', description: 'change one that is marked as frozen' }],
    },
  ],
  examples: ['tconda undo -n myenv', 'tconda undo -n myenv --dry-run'],
  run(_, options, context) {
    return restoreRevision(
      (last) => {
        if (last > 0) return last - 1;
        throw new TcondaError('NO_SUCH_REVISION', 'There is no change to take back');
      },
      options,
      context,
    );
  },
};
