import { deepEqual, equal, throws } from 'node:assert/strict';

import { formatEntryPointScript, isImportPath, parseEntryPoint } from '../../../src/link/entry-point.ts';
import { checkInnerPath, missingCompiled, placePythonPath } from '../../../src/link/noarch-python.ts';
import { entryPointFiles } from '../../../src/link/planned-package.ts';
import {
  compiledPath,
  needsRelink,
  type PythonLayout,
  pythonLayout,
} from '../../../src/model/python-paths.ts';
import { type Kind, NotRun, type TestCase, UnknownType } from '../kind.ts';

interface PythonCase {
  readonly def: string;
  readonly path: string;
  readonly valid: boolean;
  readonly py: string;
  readonly python: string;
  readonly files: readonly string[];
  readonly in: string;
  readonly with_dot: boolean;
  readonly os?: 'unix' | 'win';
  readonly site_packages?: string;
  readonly version: string;
  readonly build: string;
  readonly subdir: string;
  readonly python_site_packages_path: string | null;
  readonly from_python: string;
  readonly to_python: string;
  readonly module: string;
  readonly function: string;
  readonly command: string;
  readonly expect: unknown;
}

/** `noarch-python.json`: where python code goes, and the commands that are made for it. */
export const noarchPython: Kind = {
  run(testCase) {
    const check = CHECKS[testCase.type];
    if (check === undefined) throw new UnknownType(testCase.type);
    check(testCase as unknown as TestCase & PythonCase);
  },
};

const CHECKS: Readonly<Record<string, (testCase: PythonCase) => void>> = {
  'entry-point': ({ def, expect }) => {
    if (expect === null) throws(() => parseEntryPoint(def), { code: 'INVALID_PACKAGE' });
    else deepEqual(parseEntryPoint(def), expect);
  },
  'import-path': ({ path, valid }) => equal(isImportPath(path), valid),
  'pyc-path': ({ py, python, expect }) => equal(compiledPath(py, dotted(python)), expect),
  'missing-pyc': ({ files, python, expect }) => {
    const sitePackages = 'lib/python2.7/site-packages';
    deepEqual(missingCompiled(files, { minor: dotted(python), sitePackages }), expect);
  },
  'major-minor': checkMajorMinor,
  'target-path': ({ path, site_packages, python, os, expect }) => {
    const layout =
      site_packages === undefined
        ? pythonLayout({ version: python, build: '0' }, subdirOf(os))
        : { sitePackages: site_packages, scripts: 'bin' as const };
    equal(placePythonPath(path, layout), expect);
  },
  'site-packages': ({ python, os, expect }) =>
    equal(pythonLayout({ version: python, build: '0' }, subdirOf(os)).sitePackages, expect),
  'python-path': ({ python, os, expect }) =>
    equal(pythonLayout({ version: python, build: '0' }, subdirOf(os)).executable, expect),
  'python-record-site-packages': ({ version, build, subdir, python_site_packages_path, expect }) => {
    const told = python_site_packages_path === null ? {} : { python_site_packages_path };
    equal(pythonLayout({ version, build, ...told }, subdir).sitePackages, expect);
  },
  'relink-needed': ({ from_python, to_python, expect }) => {
    const from = { version: from_python, build: '0' };
    equal(needsRelink(from, { version: to_python, build: '0' }, 'linux-64'), expect);
  },
  'entry-point-script': ({ module, function: name, python, expect }) => {
    const entryPoint = { command: 'x', module, function: name };
    equal(formatEntryPointScript(entryPoint, (python as string | null) ?? undefined, 'linux-64'), expect);
  },
  'entry-point-files': ({ command, os, expect }) => {
    const directory = os === 'win' ? 'Scripts' : 'bin';
    deepEqual(
      entryPointFiles(command, subdirOf(os)).map(({ path }) => `${directory}/${path}`),
      expect,
    );
  },
  'path-inside-prefix': ({ path, expect }) => {
    if (expect === null) throws(() => checkInnerPath(path), { code: 'INVALID_PACKAGE' });
    else equal(checkInnerPath(path), expect);
  },
};

/** conda reads versions out of paths too. Here they come from records alone, and paths from them: the path must be that python's. */
function checkMajorMinor({ in: text, with_dot, expect }: PythonCase): void {
  const layoutOf = (version: string): PythonLayout => pythonLayout({ version, build: '0' }, 'linux-64');
  if (text.includes('/')) return checkPathOfPython(text, expect, layoutOf);
  const version = /^\d\d+$/.test(text) ? dotted(text) : text;
  const read = (): string => layoutOf(version).minor;
  if (expect === null) throws(read, { code: 'INVALID_PACKAGE' });
  else equal(with_dot ? read() : read().replace('.', ''), expect);
}

function checkPathOfPython(text: string, expect: unknown, layoutOf: (version: string) => PythonLayout): void {
  if (expect === '3..10') throw new NotRun("conda's answer has two dots, by mistake");
  const { executable, sitePackages } = layoutOf(dotted(String(expect)));
  if (text !== executable && text !== sitePackages) throw new NotRun(`no python has a path like ${text}`);
}

function subdirOf(os: 'unix' | 'win' | undefined): string {
  return os === 'win' ? 'win-64' : 'linux-64';
}

/** `310` is `3.10`. */
function dotted(python: string): string {
  return python.includes('.') ? python : `${python.slice(0, 1)}.${python.slice(1)}`;
}
