import { linkSync, readFileSync, symlinkSync } from 'node:fs';
import { platform } from 'node:os';

import { TcondaError } from '../errors.ts';
import type { PathEntry } from '../model/package-info.ts';
import type { PythonLayout } from '../model/python-paths.ts';
import { osOfSubdir } from '../model/subdir.ts';
import { formatEntryPointScript } from './entry-point.ts';
import { linkFile, patchFile, writeFile } from './link-file.ts';
import type { LinkMethod } from './link-method.ts';
import { signMachO } from './mach-o-signature.ts';
import type { PlannedFile, PlannedPackage } from './planned-package.ts';
import { replacePrefix } from './prefix-placeholder.ts';
import type { LongShebang } from './shebang.ts';

export interface LinkPackageOptions {
  /** Where the environment lives, which its files name, and where they are made; absolute. */
  readonly prefix: string;
  readonly place: string;
  readonly subdir: string;
  readonly method: LinkMethod;
  readonly longShebang: LongShebang;
}

/**
 * Makes the files of a package where they are planned, in steps: after each batch control is given back. Returns the digests
 * of those whose content is not as shipped.
 */
export function* linkPackage(
  planned: PlannedPackage,
  options: LinkPackageOptions,
): Generator<void, ReadonlyMap<PlannedFile, string>> {
  const digests = new Map<PlannedFile, string>();
  const base = `${options.place}/`;
  const of = { subdir: planned.record.subdir, python: planned.python };
  let made = 0;
  for (const file of planned.files) {
    const digest = makeFile(file, of, base + file.place, options);
    if (digest !== undefined) digests.set(file, digest);
    if (++made % BATCH === 0) yield;
  }
  return digests;
}

/**
 * Makes sure that the prefix fits into the binaries of a package. Only if it is longer than the placeholder, which is next to
 * never, or on Windows, where next to none has one, they must be read to know.
 * @throws {TcondaError} `PREFIX_TOO_LONG`
 */
export function checkRoom(planned: PlannedPackage, prefix: string, subdir: string): void {
  const isWindows = osOfSubdir(subdir) === 'win';
  for (const { entry, source, path } of planned.files) {
    const placeholder = entry?.prefix_placeholder;
    if (placeholder === undefined || entry?.file_mode !== 'binary' || source === undefined) continue;
    const spare = Buffer.byteLength(placeholder) - Buffer.byteLength(prefix);
    // On Windows what has to fit is the first line of a launcher, which can't be filled up either.
    if (isWindows ? spare === 0 : spare >= 0) continue;
    try {
      replacePrefix(readFileSync(source), { mode: 'binary', placeholder, prefix, subdir });
    } catch (error) {
      if (!(error instanceof TcondaError)) throw error;
      throw new TcondaError(error.code, `${path} of ${planned.record.fn}: ${error.message}`, {
        cause: error,
      });
    }
  }
}

const BATCH = 512;

/** What making a file must know of its package. */
interface FileOf {
  /** Of the package's record. */
  readonly subdir: string;
  readonly python: PythonLayout | undefined;
}

/** Makes one file at `to`. Returns its digest, if the content is not as shipped. */
export function makeFile(
  file: PlannedFile,
  of: FileOf,
  to: string,
  options: LinkPackageOptions,
): string | undefined {
  const { entry, source, target } = file;
  if (file.entryPoint !== undefined) {
    makeEntryPoint(file, of, to, options);
    return undefined;
  }
  if (source === undefined) throw new TypeError(`${file.path} comes from nowhere`);
  if (target !== undefined) {
    makeSymlink(target, source, to, options.method);
    return undefined;
  }
  if (entry?.prefix_placeholder !== undefined) return patch(entry, source, to, of, options);
  linkFile(source, to, entry?.no_link === true ? 'copy' : options.method);
  return undefined;
}

/**
 * A symlink takes an inode and now and then a block; another name of the one in the cache takes neither, and nobody can change
 * a symlink. Only where the system makes a name of the link itself.
 */
function makeSymlink(target: string, source: string, to: string, method: LinkMethod): void {
  if (method === 'hardlink' && LINKS_SYMLINKS) {
    try {
      linkSync(source, to);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    }
  }
  symlinkSync(target, to);
}

const LINKS_SYMLINKS = platform() === 'linux';

function patch(
  entry: PathEntry,
  source: string,
  to: string,
  of: FileOf,
  options: LinkPackageOptions,
): string | undefined {
  const subdir = of.subdir === 'noarch' ? options.subdir : of.subdir;
  const name = entry._path.slice(entry._path.lastIndexOf('/') + 1);
  const { sha256, isChanged } = patchFile(source, to, {
    mode: entry.file_mode ?? 'text',
    placeholder: entry.prefix_placeholder ?? '',
    prefix: options.prefix,
    subdir,
    longShebang: options.longShebang,
    ...(osOfSubdir(subdir) === 'osx' &&
      entry.file_mode === 'binary' && { sign: (content) => signMachO(content, name) }),
  });
  return isChanged || entry.sha256 === undefined ? sha256 : undefined;
}

function makeEntryPoint(file: PlannedFile, of: FileOf, to: string, options: LinkPackageOptions): void {
  const { entryPoint, source } = file;
  if (entryPoint === undefined || of.python === undefined) return;
  if (source !== undefined) return linkFile(source, to, 'copy');
  if (file.pathType === 'windows_python_entry_point_exe') {
    return writeFile(to, batchFile(entryPoint.command), 0o755);
  }
  const isUnix = osOfSubdir(options.subdir) !== 'win';
  const python = isUnix ? `${options.prefix}/${of.python.executable}` : undefined;
  const script = formatEntryPointScript(entryPoint, python, options.subdir, options.longShebang);
  writeFile(to, script, isUnix ? 0o755 : 0o644);
}

/** Starts the script beside it with the python of its environment. PATHEXT has .BAT, so that the command's name alone will do. */
function batchFile(command: string): string {
  return `@"%~dp0..\\python.exe" "%~dp0${command}-script.py" %*\r\n`;
}
