import { tmpdir } from 'node:os';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { formatSize } from '../report/size.ts';
import { archivePath } from './archive-operand.ts';
import { loadLimits } from './archive-limits.ts';
import type { CommandSpec } from './command.ts';
import { readText } from './option-values.ts';

export const packageVerify: CommandSpec = {
  summary: 'Check that a package is sound',
  description:
    'Opens a package aside and checks everything: that the archive is whole and safe to open, that its metadata is valid, and that ' +
    'its files are exactly those that it lists, with the sizes and digests that it gives.',
  operands: ['<package>'],
  options: [
    {
      heading: 'Package',
      options: [{ flags: '--sha256 <digest>', description: 'the digest that the file must have' }],
    },
  ],
  examples: ['tconda package verify zlib-1.3-h0_0.conda'],
  async run([file = ''], options, context) {
    const { verifyPackage } = await import('../archive/index.ts');
    const source = archivePath(file, context.host.cwd);
    const limits = await loadLimits(options, context);
    const { index, paths, size, sha256, md5 } = await verifyPackage(source, tmpdir(), limits);
    const wanted = readText(options, 'sha256')?.toLowerCase();
    if (wanted !== undefined && wanted !== sha256) {
      throw new TcondaError(
        'CHECKSUM_MISMATCH',
        `${path.basename(source)}: sha256 is ${sha256}, not ${wanted}`,
        {
          hint: 'The file is damaged, or another one',
        },
      );
    }
    const { name, version, build, subdir } = index;
    return {
      kind: 'output',
      json: { success: true, file: source, name, version, build, subdir, paths, size, sha256, md5 },
      lines: [`${source} is sound (${formatSize(size)}, ${paths} paths)`, `sha256 ${sha256}`],
    };
  },
};
