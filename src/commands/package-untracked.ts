import type { LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { nativeSubdir } from '../host/index.ts';
import type { PrefixData } from '../model/prefix-record.ts';
import { formatSize } from '../report/size.ts';
import type { CommandOutput, Context, OptionValues } from './command.ts';
import { readText } from './option-values.ts';

/**
 * Makes a package of the files in an environment that no package brought, as conda does: a `.tar.bz2` in the working
 * directory. Files in `site-packages` tie it to the environment's python. What the files say of the prefix is marked, so that
 * it is replaced where the package is installed.
 * @param files relative to the prefix
 * @throws {TcondaError} `INVALID_PACKAGE_NAME`, `INVALID_PACKAGE_INFO`, `USAGE`
 */
export async function packageUntracked(
  files: readonly string[],
  installed: PrefixData,
  options: OptionValues,
  config: LoadedConfig,
  { host, global, say }: Context,
): Promise<CommandOutput> {
  const build = readText(options, 'pkgBuild') ?? '0';
  if (!/^\d{1,9}$/.test(build)) throw new TcondaError('USAGE', `--pkg-build: '${build}' is not a number`);
  const number = Number(build);
  const python = pythonOf(files, installed);
  say(`# files: ${files.length}`);
  if (files.length === 0) {
    throw new TcondaError('INVALID_VALUE', `${installed.prefix} has no files that belong to no package`, {
      hint: 'A folder is packed by tconda package create',
    });
  }
  const index = {
    name: (readText(options, 'pkgName') ?? 'unknown').toLowerCase(),
    version: readText(options, 'pkgVersion') ?? '0.0',
    build: python === undefined ? String(number) : `py${python.replace('.', '')}_${number}`,
    build_number: number,
    depends: python === undefined ? [] : [`python ${python}.*`],
    subdir: config.get('subdir') === '' ? nativeSubdir(host) : config.get('subdir'),
  };
  if (config.get('dry_run')) {
    const file = `${index.name}-${index.version}-${index.build}.tar.bz2`;
    return {
      kind: 'output',
      json: { success: true, prefix: installed.prefix, untracked: files },
      lines: [...files, file],
      notice: 'DryRunExit: Dry run. Exiting.',
    };
  }
  const { createPackage } = await import('../publish/index.ts');
  const made = await createPackage({
    tree: installed.prefix,
    only: files,
    index,
    outputDirectory: host.cwd,
    format: '.tar.bz2',
    placeholder: installed.prefix,
  });
  const { file, sha256, md5, size } = made;
  return {
    kind: 'output',
    json: { success: true, file, sha256, md5, size },
    lines: [...(global.quiet ? [] : ['# success']), `${file} (${formatSize(size)})`],
  };
}

/** The minor version of the python that the files are for: `3.12`. */
function pythonOf(files: readonly string[], { prefix, records }: PrefixData): string | undefined {
  if (!files.some((file) => /(?:^|\/)site-packages\//.test(file))) return undefined;
  const version = records.find(({ name }) => name === 'python')?.version;
  if (version !== undefined) return version.split('.').slice(0, 2).join('.');
  throw new TcondaError('INVALID_VALUE', `${prefix} has files in site-packages, but no python`);
}
