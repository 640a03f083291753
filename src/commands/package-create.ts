import { readFileSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { PackageMetadata } from '../publish/index.ts';
import { formatSize } from '../report/size.ts';
import type { CommandSpec } from './command.ts';
import { readCount, readText, readTexts } from './option-values.ts';

export const packageCreate: CommandSpec = {
  summary: 'Make a package of a folder',
  description:
    'Packs a folder, whose content is to lie in the prefix, into a package. The metadata file is JSON as in ' +
    'info/index.json: name, version, build, subdir, depends, …',
  operands: ['<folder>'],
  options: [
    {
      heading: 'Package',
      options: [
        { flags: '-m, --metadata <file>', description: 'JSON file with name, version, build, depends, …' },
        { flags: '-o, --output <folder>', description: 'where the package is written; default: here' },
        { flags: '--format <format>', description: 'conda or tar.bz2', choices: ['conda', 'tar.bz2'] },
        { flags: '--level <number>', description: 'how hard to compress, 1 to 22' },
        { flags: '--entry-point <text>', description: 'command = module:function', repeat: true },
        { flags: '--placeholder <text>', description: 'the text in files that stands for the prefix' },
      ],
    },
  ],
  examples: ['tconda package create ./tree -m index.json -o channel/linux-64'],
  async run([folder = ''], options, context) {
    const { cwd } = context.host;
    const metadata = readText(options, 'metadata');
    if (metadata === undefined) throw new TcondaError('USAGE', '--metadata is needed');
    const index = readMetadata(path.resolve(cwd, metadata));
    const { createPackage } = await import('../publish/index.ts');
    const level = readCount(options, 'level');
    const placeholder = readText(options, 'placeholder');
    const made = await createPackage({
      tree: path.resolve(cwd, folder),
      index,
      outputDirectory: path.resolve(cwd, readText(options, 'output') ?? '.'),
      format: readText(options, 'format') === 'tar.bz2' ? '.tar.bz2' : '.conda',
      entryPoints: readTexts(options, 'entryPoint'),
      ...(level === undefined ? {} : { level }),
      ...(placeholder === undefined ? {} : { placeholder }),
    });
    return {
      kind: 'output',
      json: { success: true, file: made.file, sha256: made.sha256, md5: made.md5, size: made.size },
      lines: [`${made.file} (${formatSize(made.size)}, ${made.paths.paths.length} paths)`],
    };
  },
};

function readMetadata(file: string): PackageMetadata {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PackageMetadata;
  } catch (cause) {
    throw new TcondaError('INVALID_VALUE', `${file} can't be read as JSON`, { cause });
  }
}
