import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { formatSize } from '../report/size.ts';
import type { CommandSpec } from './command.ts';
import { compressionOptions, readLevel } from './compression-level.ts';

export const packageCompress: CommandSpec = {
  summary: 'Pack an extracted package again',
  description:
    'Packs a folder that holds a package as package extract leaves it, with its info/, into a .conda or .tar.bz2. A folder ' +
    'without info/ is packed by package create.',
  operands: ['<folder>', '<archive>'],
  options: [{ heading: 'Package', options: compressionOptions }],
  examples: ['tconda package compress ./zlib-1.3-h0_0 zlib-1.3-h0_0.conda'],
  async run([folder = '', archive = ''], options, { host }) {
    const format = ['.conda' as const, '.tar.bz2' as const].find((one) => archive.endsWith(one));
    if (folder === '' || format === undefined || path.basename(archive) === format) {
      const said = folder === '' ? 'The name of the folder is empty' : `'${archive}' is no name of a package`;
      throw new TcondaError('INVALID_VALUE', said, {
        hint: 'The name of an archive ends in .conda or .tar.bz2',
      });
    }
    const level = readLevel(options);
    const source = path.resolve(host.cwd, folder);
    const target = path.resolve(host.cwd, archive);
    if (`${target}${path.sep}`.startsWith(`${source}${path.sep}`)) {
      throw new TcondaError('INVALID_VALUE', `${target} would lie in ${source}, which is packed`);
    }
    const { compressPackage } = await import('../publish/index.ts');
    const made = await compressPackage(source, target, { format, ...(level === undefined ? {} : { level }) });
    return {
      kind: 'output',
      json: { success: true, ...made },
      lines: [`${made.file} (${formatSize(made.size)})`],
    };
  },
};
