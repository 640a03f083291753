import { rmSync } from 'node:fs';
import path from 'node:path';

import { writeFileAtomicSync } from '../io/atomic-file.ts';
import { withPrefixHeld } from '../record/index.ts';
import type { CommandSpec } from './command.ts';
import { loadEnvironmentOf } from './environment.ts';
import { lockOptions } from './lock-options.ts';
import { readText } from './option-values.ts';
import { targetOptions } from './options.ts';
import { loadSettings } from './settings.ts';

export const freeze: CommandSpec = {
  summary: 'Protect an environment against changes',
  description:
    'Marks an environment as frozen (CEP 22): create, install, update, remove and env update refuse to change it, and tell ' +
    'the message, unless --override-frozen is given.',
  options: [
    targetOptions,
    {
      heading: 'Reason',
      options: [{ flags: '--message <text>', description: 'what is told to those who try' }],
    },
  ],
  examples: ['tconda freeze -n myenv --message "in production, ask Kim"', 'tconda unfreeze -n myenv'],
  async run(_, options, context) {
    const config = await loadSettings(options, context);
    const { prefix } = await loadEnvironmentOf(config, context);
    const message = readText(options, 'message');
    const file = frozenFile(prefix);
    await withPrefixHeld(prefix, lockOptions(config, context), () => {
      writeFileAtomicSync(file, message === undefined ? '' : `${JSON.stringify({ message })}\n`);
    });
    return { kind: 'output', json: { success: true, prefix, frozen: true }, lines: [`${prefix} is frozen`] };
  },
};

export const unfreeze: CommandSpec = {
  summary: 'Allow changes of a frozen environment again',
  options: [targetOptions],
  examples: ['tconda unfreeze -n myenv'],
  async run(_, options, context) {
    const config = await loadSettings(options, context);
    const { prefix } = await loadEnvironmentOf(config, context);
    await withPrefixHeld(prefix, lockOptions(config, context), () =>
      rmSync(frozenFile(prefix), { force: true }),
    );
    return {
      kind: 'output',
      json: { success: true, prefix, frozen: false },
      lines: [`${prefix} is not frozen`],
    };
  },
};

function frozenFile(prefix: string): string {
  return path.join(prefix, 'conda-meta', 'frozen');
}
