import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { removeTreeSync } from '../io/remove-tree.ts';
import { loadLimits } from './archive-limits.ts';
import { archivePath } from './archive-operand.ts';
import type { CommandSpec } from './command.ts';

export const packageExtract: CommandSpec = {
  summary: 'Open a package into a folder',
  description:
    'Opens a .conda or .tar.bz2 file into a folder that is empty or not there yet; by default one named after it. ' +
    'Nothing is written outside it, whatever the package holds; and nothing stays when it is refused.',
  operands: ['<package>', '[folder]'],
  options: [],
  examples: ['tconda package extract zlib-1.3-h0_0.conda ./zlib'],
  async run([file = '', given], options, context) {
    const source = archivePath(file, context.host.cwd);
    const stem = path.basename(source).replace(/\.(?:conda|tar\.bz2)$/, '');
    const folder = path.resolve(context.host.cwd, given ?? stem);
    if (folder === source) {
      throw new TcondaError('INVALID_VALUE', `${folder} is the package itself`, {
        hint: 'Say which folder to open it into',
      });
    }
    const limits = await loadLimits(options, context);
    const { extractArchive } = await import('../archive/index.ts');
    const made = makeFolder(folder);
    try {
      const { nodes } = await extractArchive(source, folder, { limits });
      return {
        kind: 'output',
        json: { success: true, folder, paths: nodes.size },
        lines: [`${folder} (${nodes.size} paths)`],
      };
    } catch (error) {
      for (const name of readdirSync(folder)) removeTreeSync(path.join(folder, name));
      for (const directory of made) rmdirSync(directory);
      throw error;
    }
  },
};

/** Makes the folder with its parents; gives those that were not there before, the deepest first. @throws {TcondaError} `INVALID_VALUE` */
function makeFolder(folder: string): readonly string[] {
  const first = mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw new TcondaError('INVALID_VALUE', `${folder} is not empty`);
  if (first === undefined) return [];
  const made = [folder];
  for (let at = folder; at !== first && at !== path.dirname(at);) {
    at = path.dirname(at);
    made.push(at);
  }
  return made;
}
