import { TcondaError } from '../errors.ts';
import { compiledPath, isInnerPath, type PythonLayout } from '../model/python-paths.ts';

/**
 * Where a path of a package of python code goes in the prefix, given where python looks (CEP 20).
 * @throws {TcondaError} `INVALID_PACKAGE`: outside the prefix
 */
export function placePythonPath(
  path: string,
  layout: Pick<PythonLayout, 'sitePackages' | 'scripts'>,
): string {
  const place = path.startsWith('site-packages/')
    ? `${layout.sitePackages}${path.slice('site-packages'.length)}`
    : path.startsWith('python-scripts/')
      ? `${layout.scripts}${path.slice('python-scripts'.length)}`
      : path;
  return checkInnerPath(place);
}

/** @throws {TcondaError} `INVALID_PACKAGE`: the path leads out of the prefix */
export function checkInnerPath(path: string): string {
  if (isInnerPath(path)) return path;
  throw new TcondaError('INVALID_PACKAGE', `path '${path}' leads out of the environment`);
}

/** The python sources below site-packages that come without their compiled form, each with where that goes. */
export function missingCompiled(
  files: readonly string[],
  layout: Pick<PythonLayout, 'minor' | 'sitePackages'>,
): readonly (readonly [source: string, compiled: string])[] {
  const present = new Set(files);
  return files
    .filter((file) => file.endsWith('.py') && file.startsWith(`${layout.sitePackages}/`))
    .map((file) => [file, compiledPath(file, layout.minor)] as const)
    .filter(([, compiled]) => !present.has(compiled));
}
