import path from 'node:path';

import type { CommandSpec } from './command.ts';
import { readCount } from './option-values.ts';

export const indexChannel: CommandSpec = {
  summary: 'Write the index of a channel folder',
  description:
    'Writes repodata.json and its other forms for every platform folder of a channel. Packages that did not change ' +
    'are not opened again.',
  operands: ['<folder>'],
  options: [
    {
      heading: 'Index',
      options: [{ flags: '--level <number>', description: 'how hard to compress, 1 to 22' }],
    },
  ],
  examples: ['tconda index ./channel'],
  async run([folder = '.'], options, context) {
    const { indexChannel: write } = await import('../publish/index.ts');
    const level = readCount(options, 'level');
    const subdirs = await write(path.resolve(context.host.cwd, folder), {
      parallel: context.host.cores,
      ...(level === undefined ? {} : { level }),
    });
    for (const { subdir, skipped } of subdirs) {
      for (const { file, reason } of skipped) context.warn(`warning: ${subdir}/${file}: ${reason}`);
    }
    return {
      kind: 'output',
      json: { success: true, subdirs },
      lines: subdirs.map(({ subdir, packages }) => `${subdir}: ${packages} packages`),
    };
  },
};
