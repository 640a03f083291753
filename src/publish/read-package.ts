import { parsePackageInfo, readInfoFiles } from '../archive/index.ts';
import { TcondaError } from '../errors.ts';
import { gatherFacts } from './channel-data.ts';
import { hashFile } from './hash-file.ts';
import type { IndexedPackage } from './index-subdir.ts';

/** A package to be opened. Plain data: it may travel to a thread. */
export interface ReadPackageTask {
  readonly file: string;
  readonly fn: string;
  /** The folder it lies in. */
  readonly subdir: string;
  /** Milliseconds since 1970, for `indexed_timestamp` (CEP 47). */
  readonly added: number | undefined;
}

/**
 * Opens a package and says what the index of its subdir has to say of it, with digests of the whole file.
 * @throws {TcondaError} `INVALID_ARCHIVE`, `UNSAFE_ARCHIVE`, `INVALID_PACKAGE_INFO`
 */
export async function readPackage({ file, fn, subdir, added }: ReadPackageTask): Promise<IndexedPackage> {
  const { files, digests } = await readFiles(file, fn);
  const info = parsePackageInfo(files);
  const stem = fn.replace(/\.(?:conda|tar\.bz2)$/, '');
  const { name, version, build } = info.index;
  if (stem !== `${name}-${version}-${build}`) {
    throw new TcondaError('INVALID_PACKAGE_INFO', `${fn} says that it is ${name}-${version}-${build}`);
  }
  if (info.index.subdir !== subdir) {
    throw new TcondaError('INVALID_PACKAGE_INFO', `${fn} belongs into ${info.index.subdir}`);
  }
  const index = JSON.parse(files.get('info/index.json')?.toString('utf8') ?? '{}') as Record<string, unknown>;
  const { sha256, md5, size } = digests;
  return {
    fn,
    record: {
      ...index,
      name,
      subdir,
      md5,
      sha256,
      size,
      ...(added === undefined ? {} : { indexed_timestamp: added }),
    },
    runExports: files.has('info/run_exports.json') ? info.runExports : undefined,
    facts: gatherFacts(info),
  };
}

const INFO_FILES = ['index', 'paths', 'link', 'about', 'run_exports'].map((name) => `info/${name}.json`);

async function readFiles(file: string, fn: string) {
  try {
    return { files: await readInfoFiles(file, INFO_FILES), digests: hashFile(file) };
  } catch (cause) {
    // Not there any more, or not for us to read: no reason to do without the others.
    const { syscall, code } = cause as NodeJS.ErrnoException;
    if (cause instanceof TcondaError || syscall === undefined) throw cause;
    throw new TcondaError('INVALID_ARCHIVE', `${fn} can't be read: ${code}`, { cause });
  }
}
