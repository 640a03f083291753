import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readlinkSync, type Stats } from 'node:fs';

import { loadIndexJson, loadPackageInfo, parseMemberPath } from '../archive/index.ts';
import { TcondaError } from '../errors.ts';
import type { ExtractedPackage } from '../model/package-files.ts';
import type { PathEntry } from '../model/package-info.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { PrefixPathType } from '../model/prefix-record.ts';
import type { PythonLayout } from '../model/python-paths.ts';
import { osOfSubdir } from '../model/subdir.ts';
import { type EntryPoint, parseEntryPoint } from './entry-point.ts';
import { missingCompiled, placePythonPath } from './noarch-python.ts';

/** One file that linking makes. */
export interface PlannedFile {
  /** Where the package wants it, relative to the prefix. */
  readonly path: string;
  readonly pathType: PrefixPathType;
  /** As shipped; undefined for what linking makes itself. */
  readonly entry?: PathEntry;
  /** Absolute, in the cache; undefined for what linking makes itself. */
  readonly source?: string;
  /** Of a symlink: its text. */
  readonly target?: string;
  readonly entryPoint?: EntryPoint;
  /** Where it is put: another path than it wants when another package has precedence there. Through no symlink. */
  place: string;
  /** Set when another package has the path. */
  isDisplaced: boolean;
}

/** A package that is about to be linked, and what it brings. */
export interface PlannedPackage {
  readonly package: ExtractedPackage;
  readonly record: RepoDataRecord;
  /** Set when it is code for this python. */
  readonly python: PythonLayout | undefined;
  /** What the package ships, then its entry points. Directories are apart. */
  readonly files: readonly PlannedFile[];
  readonly directories: readonly PlannedFile[];
  /** `[source, compiled]`, as the package wants them. */
  readonly compiled: readonly (readonly [string, string])[];
}

export interface PlanPackageOptions {
  readonly subdir: string;
  /** The python that will be in the prefix. */
  readonly python: PythonLayout | undefined;
  readonly compilePyc: boolean;
  /** Told of a file that is not as its package says; may throw. */
  readonly onDamage: (text: string) => void;
  /** Whether sizes are compared. */
  readonly checkSizes: boolean;
  /** Whether digests are compared too. */
  readonly checkDigests: boolean;
  /** On Windows: the program that starts the script beside it; without one a batch file does. Absolute. */
  readonly launcher: string | undefined;
}

/**
 * Reads an extracted package and says what it will put where. Every source is looked at: what is missing is found out here,
 * before anything changes.
 * @throws {TcondaError} `PACKAGE_DAMAGED`, `INVALID_PACKAGE`, `INVALID_PACKAGE_INFO`, `UNSAFE_ARCHIVE`
 */
export function planPackage(extracted: ExtractedPackage, options: PlanPackageOptions): PlannedPackage {
  const info = loadPackageInfo(extracted.directory);
  const record = completeRecord(extracted);
  const noarch = record.noarch ?? info.link.noarch?.type;
  const python = noarch === 'python' ? needPython(record, options.python) : undefined;
  const files = new Map<string, PlannedFile>();
  const directories: PlannedFile[] = [];
  for (const entry of info.paths.paths) {
    const file = planEntry(entry, extracted.directory, python, options);
    if (file.pathType === 'directory') directories.push(file);
    else files.set(file.path, file);
  }
  if (python !== undefined) {
    for (const text of info.link.noarch?.entry_points ?? []) {
      for (const file of planEntryPoint(parseEntryPoint(text), python, options)) {
        files.delete(file.path);
        files.set(file.path, file);
      }
    }
  }
  const compiled =
    python !== undefined && options.compilePyc ? missingCompiled([...files.keys()], python) : [];
  return { package: extracted, record, python, files: [...files.values()], directories, compiled };
}

/** A record may say less than the archive: an explicit URL, or a channel that leaves things out. */
function completeRecord(extracted: ExtractedPackage): RepoDataRecord {
  const { record } = extracted;
  if (record.license !== undefined && record.timestamp !== undefined) return record;
  return { ...loadIndexJson(extracted.directory), ...record };
}

function needPython(record: RepoDataRecord, python: PythonLayout | undefined): PythonLayout {
  if (python !== undefined) return python;
  throw new TcondaError(
    'INVALID_PACKAGE',
    `${record.fn} is python code, but there is no python to link it for`,
  );
}

function planEntry(
  entry: PathEntry,
  directory: string,
  python: PythonLayout | undefined,
  options: PlanPackageOptions,
): PlannedFile {
  const place = python === undefined ? entry._path : placePythonPath(entry._path, python);
  // What Windows would read as another path is refused, wherever we run.
  if (options.subdir.startsWith('win-')) parseMemberPath(place, { windows: true });
  if (entry.path_type === 'directory') {
    return { path: place, place, isDisplaced: false, entry, pathType: 'directory' };
  }
  const source = `${directory}/${entry._path}`;
  const stats = lstatSync(source, NO_THROW);
  if (stats === undefined || stats.isDirectory()) {
    throw new TcondaError('PACKAGE_DAMAGED', `${source} is missing, though the package lists it`);
  }
  if (stats.isSymbolicLink()) {
    const target = readlinkSync(source);
    return { path: place, place, isDisplaced: false, entry, source, pathType: 'softlink', target };
  }
  if (options.checkSizes) checkSize(source, stats, entry, options);
  return { path: place, place, isDisplaced: false, entry, source, pathType: 'hardlink' };
}

const NO_THROW = { throwIfNoEntry: false } as const;

function checkSize(source: string, stats: Stats, entry: PathEntry, options: PlanPackageOptions): void {
  // Of a symlink the size is that of the file it points to; here a file was shipped in its place.
  if (entry.path_type === 'softlink') return;
  if (entry.size_in_bytes === undefined || entry.size_in_bytes === stats.size) {
    return options.checkDigests ? checkDigest(source, entry, options) : undefined;
  }
  options.onDamage(`${source} has ${stats.size} bytes, not ${entry.size_in_bytes} as in its package`);
}

function checkDigest(source: string, entry: PathEntry, options: PlanPackageOptions): void {
  if (entry.sha256 === undefined) return;
  const digest = createHash('sha256').update(readFileSync(source)).digest('hex');
  if (digest === entry.sha256) return;
  options.onDamage(`${source} has the digest ${digest}, not ${entry.sha256} as in its package`);
}

function planEntryPoint(
  entryPoint: EntryPoint,
  python: PythonLayout,
  options: PlanPackageOptions,
): PlannedFile[] {
  const { subdir, launcher } = options;
  return entryPointFiles(entryPoint.command, subdir, launcher !== undefined).map((file) => {
    const place = placePythonPath(`python-scripts/${file.path}`, python);
    const isLauncher = file.pathType === 'windows_python_entry_point_exe' && launcher !== undefined;
    return {
      path: place,
      place,
      isDisplaced: false,
      pathType: file.pathType,
      entryPoint,
      ...(isLauncher && { source: launcher }),
    };
  });
}

/** The files of a command in the directory of scripts: on Windows a script and what starts it. */
export function entryPointFiles(
  command: string,
  subdir: string,
  hasLauncher = true,
): readonly { readonly path: string; readonly pathType: PrefixPathType }[] {
  if (osOfSubdir(subdir) !== 'win') return [{ path: command, pathType: 'unix_python_entry_point' }];
  return [
    { path: `${command}-script.py`, pathType: 'windows_python_entry_point_script' },
    { path: `${command}${hasLauncher ? '.exe' : '.bat'}`, pathType: 'windows_python_entry_point_exe' },
  ];
}
