import { TcondaError } from '../errors.ts';
import type { PackageRecord } from './package-record.ts';
import { osOfSubdir } from './subdir.ts';

/** What is to be known of a python to place files beside it. */
export interface PythonLayout {
  /** `3.11` */
  readonly minor: string;
  /** Relative to the prefix, `/` separated. */
  readonly sitePackages: string;
  /** Where scripts go. */
  readonly scripts: 'bin' | 'Scripts';
  /** The interpreter, relative to the prefix. */
  readonly executable: string;
}

/**
 * Where `python` keeps its packages and scripts in a prefix for the platform `subdir` (CEP 17, CEP 20).
 * @throws {TcondaError} `INVALID_PACKAGE`: its site-packages path leaves the prefix, or its version has no minor part
 */
export function pythonLayout(
  python: Pick<PackageRecord, 'version' | 'build' | 'python_site_packages_path'>,
  subdir: string,
): PythonLayout {
  const minor = parseMinor(python.version);
  if (minor === undefined) {
    throw new TcondaError('INVALID_PACKAGE', `python ${python.version} has no version that packages can use`);
  }
  const isWindows = osOfSubdir(subdir) === 'win';
  return {
    minor,
    sitePackages: sitePackagesOf(python, minor, isWindows),
    scripts: isWindows ? 'Scripts' : 'bin',
    executable: isWindows ? 'python.exe' : `bin/python${minor}`,
  };
}

/** Whether packages of python code that stay installed must be linked anew when `from` becomes `to`. */
export function needsRelink(
  from: Pick<PackageRecord, 'version' | 'build' | 'python_site_packages_path'>,
  to: Pick<PackageRecord, 'version' | 'build' | 'python_site_packages_path'>,
  subdir: string,
): boolean {
  const [before, after] = [pythonLayout(from, subdir), pythonLayout(to, subdir)];
  return before.minor !== after.minor || before.sitePackages !== after.sitePackages;
}

/** The file that python compiles `path` to. `minor` is `3.11`. */
export function compiledPath(path: string, minor: string): string {
  const slash = path.lastIndexOf('/') + 1;
  const stem = path.slice(slash, path.lastIndexOf('.'));
  if (minor.startsWith('2.')) return `${path.slice(0, slash)}${stem}.pyc`;
  return `${path.slice(0, slash)}__pycache__/${stem}.cpython-${minor.replace('.', '')}.pyc`;
}

/** Whether `path` is relative, normalized, `/` separated and stays below where it starts. */
export function isInnerPath(path: string): boolean {
  return !NOT_INNER.test(path);
}

// oxlint-disable-next-line no-control-regex -- NUL ends a path for the system
const NOT_INNER = /(?:^|\/)\.{0,2}(?:\/|$)|[\0\\]|^[A-Za-z]:/;

function parseMinor(version: string): string | undefined {
  return /^(?:\d+!)?(\d+\.\d+)/.exec(version)?.[1];
}

function sitePackagesOf(
  python: Pick<PackageRecord, 'build' | 'python_site_packages_path'>,
  minor: string,
  isWindows: boolean,
): string {
  const told = python.python_site_packages_path;
  if (told !== undefined && told !== '') {
    if (!isInnerPath(told)) {
      throw new TcondaError(
        'INVALID_PACKAGE',
        `python keeps its packages outside the environment: '${told}'`,
      );
    }
    return told;
  }
  if (isWindows) return 'Lib/site-packages';
  // Early builds without a global lock did not say where they look.
  const suffix = python.build.endsWith(`_cp${minor.replace('.', '')}t`) ? 't' : '';
  return `lib/python${minor}${suffix}/site-packages`;
}
