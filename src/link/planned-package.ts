import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { loadIndexJson, parseMemberPath } from '../archive/index.ts';
import { TcondaError } from '../errors.ts';
import type { ExtractedPackage } from '../model/package-files.ts';
import type { PackageInfo, PathEntry } from '../model/package-info.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { PrefixPathType } from '../model/prefix-record.ts';
import type { PythonLayout } from '../model/python-paths.ts';
import { osOfSubdir } from '../model/subdir.ts';
import { type EntryPoint, parseEntryPoint } from './entry-point.ts';
import { FOUND, type LookedAt, type LookTask } from './look-at-files.ts';
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
 * Says what an extracted package will put where. Every source was looked at: what is missing is found out here, before anything
 * changes.
 * @param looked at the files of `info`, in its order, but for the directories
 * @throws {TcondaError} `PACKAGE_DAMAGED`, `INVALID_PACKAGE`, `UNSAFE_ARCHIVE`
 */
export function planPackage(
  extracted: ExtractedPackage,
  info: PackageInfo,
  looked: LookedAt,
  options: PlanPackageOptions,
): PlannedPackage {
  const record = completeRecord(extracted);
  const noarch = record.noarch ?? info.link.noarch?.type;
  const python = noarch === 'python' ? needPython(record, options.python) : undefined;
  const shipped: PlannedFile[] = [];
  const directories: PlannedFile[] = [];
  let index = 0;
  for (const entry of info.paths.paths) {
    const place = placeEntry(entry, python, options);
    if (entry.path_type === 'directory') {
      directories.push({ path: place, place, isDisplaced: false, entry, pathType: 'directory' });
    } else {
      const source = `${extracted.directory}/${entry._path}`;
      shipped.push(planEntry(entry, { source, place, looked, index }, options));
      index += 1;
    }
  }
  const { entry_points: entryPoints = [] } = info.link.noarch ?? {};
  const files =
    python === undefined
      ? shipped
      : lastOfEach([
          ...shipped,
          ...entryPoints.flatMap((text) => planEntryPoint(parseEntryPoint(text), python, options)),
        ]);
  const compiled =
    python !== undefined && options.compilePyc
      ? missingCompiled(
          files.map(({ path }) => path),
          python,
        )
      : [];
  return { package: extracted, record, python, files, directories, compiled };
}

/** Where python is, two paths of a package may become one; a command takes the place of a file. */
function lastOfEach(files: readonly PlannedFile[]): readonly PlannedFile[] {
  const last = new Map<string, PlannedFile>();
  for (const file of files) {
    if (file.entryPoint !== undefined) last.delete(file.path);
    last.set(file.path, file);
  }
  return [...last.values()];
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

/** What there is to look at before `planPackage`. */
export function toLookTask({ directory }: ExtractedPackage, { paths }: PackageInfo): LookTask {
  let names = '';
  for (const entry of paths.paths) if (entry.path_type !== 'directory') names += `${entry._path}\0`;
  return { directory, names, count: paths.paths.length };
}

function placeEntry(entry: PathEntry, python: PythonLayout | undefined, options: PlanPackageOptions): string {
  const place = python === undefined ? entry._path : placePythonPath(entry._path, python);
  // What Windows would read as another path is refused, wherever we run.
  if (options.subdir.startsWith('win-')) parseMemberPath(place, { windows: true });
  return place;
}

interface EntryPlace {
  readonly source: string;
  readonly place: string;
  readonly looked: LookedAt;
  /** Its number in `looked`. */
  readonly index: number;
}

function planEntry(
  entry: PathEntry,
  { source, place, looked, index }: EntryPlace,
  options: PlanPackageOptions,
): PlannedFile {
  const kind = looked.kinds[index];
  if (kind === FOUND.symlink) {
    const target = looked.targets.get(index) ?? '';
    return { path: place, place, isDisplaced: false, entry, source, pathType: 'softlink', target };
  }
  if (kind !== FOUND.file) {
    throw new TcondaError('PACKAGE_DAMAGED', `${source} is missing, though the package lists it`);
  }
  if (options.checkSizes) checkSize(source, looked.sizes[index] ?? 0, entry, options);
  return { path: place, place, isDisplaced: false, entry, source, pathType: 'hardlink' };
}

function checkSize(source: string, size: number, entry: PathEntry, options: PlanPackageOptions): void {
  // Of a symlink the size is that of the file it points to; here a file was shipped in its place.
  if (entry.path_type === 'softlink') return;
  if (entry.size_in_bytes === undefined || entry.size_in_bytes === size) {
    return options.checkDigests ? checkDigest(source, entry, options) : undefined;
  }
  options.onDamage(`${source} has ${size} bytes, not ${entry.size_in_bytes} as in its package`);
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
