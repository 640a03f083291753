import path from 'node:path';

import type { CommandSpec } from './command.ts';
import { readCount, readText } from './option-values.ts';

export const indexChannel: CommandSpec = {
  summary: 'Write the index of a channel folder',
  description:
    'Writes repodata.json and its other forms for every platform folder of a channel. Packages that did not change ' +
    'are not opened again.',
  operands: ['<folder>'],
  options: [
    {
      heading: 'Index',
      options: [
        { flags: '--level <number>', description: 'how hard to compress, 1 to 22' },
        {
          flags: '--patches <path>',
          description:
            'apply these repodata patches: a folder or package with patch_instructions.json per platform',
          aliases: ['--patch-generator'],
        },
        { flags: '--threads <number>', description: 'packages opened at a time' },
      ],
    },
  ],
  examples: ['tconda index ./channel', 'tconda index ./channel --patches ./patches'],
  async run([folder = '.'], options, context) {
    const { indexChannel: write } = await import('../publish/index.ts');
    const { cwd, env, cores, now } = context.host;
    const level = readCount(options, 'level');
    const patches = readText(options, 'patches');
    const epoch = env['SOURCE_DATE_EPOCH'];
    const subdirs = await write(path.resolve(cwd, folder), {
      parallel: readCount(options, 'threads') ?? cores,
      now: epoch !== undefined && /^\d+$/.test(epoch) ? Number(epoch) * 1000 : now(),
      ...(patches === undefined ? {} : { patches: path.resolve(cwd, patches) }),
      ...(level === undefined ? {} : { level }),
    });
    for (const { subdir, skipped } of subdirs) {
      for (const { file, reason } of skipped) context.warn(`warning: ${subdir}/${file}: ${reason}`);
    }
    return {
      kind: 'output',
      json: { success: true, subdirs },
      lines: subdirs.map(
        ({ subdir, packages, opened }) => `${subdir}: ${packages} packages, ${opened} of them new or changed`,
      ),
    };
  },
};
