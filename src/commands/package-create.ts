import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import type { PackageMetadata } from '../publish/index.ts';
import { formatSize } from '../report/size.ts';
import type { CommandSpec } from './command.ts';
import { compressionOptions, readLevel } from './compression-level.ts';
import { readText, readTexts } from './option-values.ts';

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
        ...compressionOptions,
        { flags: '--entry-point <text>', description: 'command = module:function', repeat: true },
        { flags: '--placeholder <text>', description: 'the text in files that stands for the prefix' },
      ],
    },
  ],
  examples: ['tconda package create ./tree -m index.json -o channel/linux-64'],
  async run([folder = ''], options, context) {
    const { cwd } = context.host;
    const tree = findFolder(folder, cwd);
    const metadata = readText(options, 'metadata');
    if (metadata === undefined) throw new TcondaError('USAGE', '--metadata is needed');
    const index = readMetadata(path.resolve(cwd, metadata));
    const { createPackage } = await import('../publish/index.ts');
    const level = readLevel(options);
    const outputDirectory = path.resolve(cwd, readText(options, 'output') ?? '.');
    if (`${outputDirectory}${path.sep}`.startsWith(`${tree}${path.sep}`)) {
      throw new TcondaError('INVALID_VALUE', `The package would lie in ${tree}, which is packed`, {
        hint: 'Say with --output where it is to be written',
      });
    }
    const placeholder = readText(options, 'placeholder');
    const made = await createPackage({
      tree,
      index,
      outputDirectory,
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

function findFolder(text: string, cwd: string): string {
  if (text === '') throw new TcondaError('INVALID_VALUE', 'The name of the folder is empty');
  const folder = path.resolve(cwd, text);
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) throw new TcondaError('INVALID_VALUE', `${folder}: no such folder`);
  if (!stats.isDirectory()) throw new TcondaError('INVALID_VALUE', `${folder}: not a folder`);
  return folder;
}

function readMetadata(file: string): PackageMetadata {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new TcondaError('INVALID_VALUE', `${file} can't be read as JSON`, { cause });
  }
  const fields = (value ?? {}) as Readonly<Record<string, unknown>>;
  const missing = ['name', 'version', 'build', 'subdir'].filter((key) => typeof fields[key] !== 'string');
  if (missing.length > 0) {
    throw new TcondaError('INVALID_VALUE', `${file} lacks ${missing.join(', ')}`, {
      hint: 'It is JSON as in info/index.json: an object with these as texts',
    });
  }
  return fields as unknown as PackageMetadata;
}
