import path from 'node:path';

import { formatSize } from '../report/size.ts';
import { archivePath } from './archive-operand.ts';
import { loadLimits } from './archive-limits.ts';
import type { CommandSpec } from './command.ts';
import { compressionOptions, readLevel } from './compression-level.ts';
import { readText } from './option-values.ts';

export const packageTransmute: CommandSpec = {
  summary: 'Turn a package into the other format',
  description: 'Packs the content of a .tar.bz2 into a .conda, or the other way round. The old file stays.',
  operands: ['<package>', '[folder]'],
  options: [
    {
      heading: 'Package',
      options: [
        {
          flags: '--format <format>',
          description: 'conda or tar.bz2; default: the other one',
          choices: ['conda', 'tar.bz2'],
        },
        ...compressionOptions,
      ],
    },
  ],
  examples: ['tconda package transmute zlib-1.3-h0_0.tar.bz2'],
  async run([file = '', folder], options, context) {
    const source = archivePath(file, context.host.cwd);
    const { transmutePackage } = await import('../publish/index.ts');
    const level = readLevel(options);
    const given = readText(options, 'format');
    const isConda = given === undefined ? !source.endsWith('.conda') : given === 'conda';
    const made = await transmutePackage(source, {
      format: isConda ? '.conda' : '.tar.bz2',
      outputDirectory: path.resolve(context.host.cwd, folder ?? path.dirname(source)),
      ...(level === undefined ? {} : { level }),
      limits: await loadLimits(options, context),
    });
    return {
      kind: 'output',
      json: { success: true, ...made },
      lines: [`${made.file} (${formatSize(made.size)})`],
    };
  },
};
