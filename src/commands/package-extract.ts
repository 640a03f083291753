import { mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { CommandSpec } from './command.ts';

export const packageExtract: CommandSpec = {
  summary: 'Open a package into a folder',
  description:
    'Opens a .conda or .tar.bz2 file into a folder that is empty or not there yet; by default one named after it. ' +
    'Nothing is written outside it, whatever the package holds.',
  operands: ['<package>', '[folder]'],
  options: [],
  examples: ['tconda package extract zlib-1.3-h0_0.conda ./zlib'],
  async run([file = '', given], _, context) {
    const source = path.resolve(context.host.cwd, file);
    const folder = path.resolve(
      context.host.cwd,
      given ?? path.basename(file).replace(/\.(?:conda|tar\.bz2)$/, ''),
    );
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).length > 0) {
      throw new TcondaError('INVALID_VALUE', `${folder} is not empty`);
    }
    const { extractArchive } = await import('../archive/index.ts');
    const { nodes } = await extractArchive(source, folder);
    return {
      kind: 'output',
      json: { success: true, folder, paths: nodes.size },
      lines: [`${folder} (${nodes.size} paths)`],
    };
  },
};
