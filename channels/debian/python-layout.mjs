// Python as its authors ship it: Debian keeps add-ons in dist-packages, and installs users' own below /usr/local.
import { mkdir, readFile, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './apt.mjs';

/**
 * What turns Debian's interpreter and standard library into one that lives in any prefix, with site-packages.
 * @param {string} python `3.11`
 * @returns {import('./placeholder.mjs').Edit[]}
 */
export function interpreterEdits(python) {
  const library = `lib/python${python}`;
  const values = [
    `${library}/_sysconfigdata_*.py`,
    `${library}/config-*/Makefile`,
    `bin/python${python}-config`,
    `lib/pkgconfig/python-${python}*.pc`,
  ];
  return [
    {
      file: `${library}/site.py`,
      find: /^( +)if is_virtual_environment:\n(?:.*\n)*?(?= +else:\n +sitepackages\.append\(prefix\))/m,
      replace:
        '$1for libdir in libdirs:\n' +
        "$1    sitepackages.append(os.path.join(prefix, libdir, 'python%d.%d' % sys.version_info[:2], 'site-packages'))\n",
    },
    {
      file: `${library}/sysconfig.py`,
      find: /^ {4}'(?:deb_system|posix_local)': \{\n(?: {8}.*\n)*? {8}\},\n/gm,
      replace: '',
    },
    { file: `${library}/sysconfig.py`, find: /, 'posix_local', 'deb_system'(?=\))/, replace: '' },
    {
      file: `${library}/sysconfig.py`,
      find: /^ {4}if sys\.base_prefix != sys\.prefix or hasattr\(sys, "real_prefix"\):\n(?:.*\n)*?(?=\n {4}return \{)/m,
      replace: "    prefix_scheme = 'posix_prefix'\n",
    },
    {
      file: `${library}/distutils/command/install.py`,
      find: /^INSTALL_SCHEMES\['(?:unix_local|deb_system)'\] = \{\n(?: {4}.*\n)*?\}\n/gm,
      replace: '',
    },
    {
      file: `${library}/distutils/command/install.py`,
      find: /^( +)if self\.install_layout:\n(?:.*\n)*?.*self\.select_scheme\("unix_local"\)\n/m,
      replace: '$1self.select_scheme("unix_prefix")\n',
    },
    {
      file: `${library}/distutils/sysconfig.py`,
      find: /^ +elif is_default_prefix and not is_virtual_environment\(\):\n.*"dist-packages"\)\n/m,
      replace: '',
    },
    // the values of the build: Debian's machine is gone, its folders are the prefix's
    { file: values, find: /\/build\/[^/'"\s]+\/[^/'"\s]+/g, replace: '.' },
    { file: values, find: /\/usr\/bin\/(?=install|dtrace)/g, replace: '' },
    { file: values, find: /\/usr\/lib\/x86_64-linux-gnu/g, replace: '{prefix}/lib' },
    { file: values, find: /(?<=['"=:\s]|-I)\/usr(?=[/'"\s])/g, replace: '{prefix}' },
  ];
}

/**
 * The `site` module that runs is not the file but a copy within the interpreter, and Debian's looks into site-packages in
 * virtual environments only, which it knows by `sys.real_prefix`. `sys.base_prefix` is always there, and as long.
 * @param {string} tree
 * @param {string} python `3.11`
 * @throws when the interpreter is not as expected
 */
export async function enableSitePackages(tree, python) {
  for (const path of [`bin/python${python}`, `lib/libpython${python}.so.1.0`]) {
    const file = join(tree, path);
    const bytes = await readFile(file);
    const at = bytes.indexOf('real_prefix\0');
    if (at === -1 || bytes.indexOf('real_prefix', at + 1) !== -1)
      throw new Error(`${path}: no frozen site module of Debian's`);
    bytes.write('base_prefix', at, 'latin1');
    await writeFile(file, bytes);
  }
}

/**
 * The commands that a python package declares, `command = module:function`; their scripts are taken out of the tree, as
 * the installer writes them.
 * @param {string} tree laid out as noarch python: `site-packages/`, `python-scripts/`
 * @returns {Promise<string[]>}
 */
export async function takeEntryPoints(tree) {
  const folders = (await readdir(join(tree, 'site-packages'))).filter((name) =>
    /\.(egg|dist)-info$/.test(name),
  );
  const texts = await Promise.all(
    folders.map((name) =>
      readFile(join(tree, 'site-packages', name, 'entry_points.txt'), 'utf8').catch(() => ''),
    ),
  );
  const entryPoints = texts.flatMap(parseConsoleScripts);
  for (const { command } of entryPoints) await rm(join(tree, 'python-scripts', command), { force: true });
  const scripts = join(tree, 'python-scripts');
  if ((await readdir(scripts).catch(() => undefined))?.length === 0) await rmdir(scripts);
  return entryPoints.map(({ command, target }) => `${command} = ${target}`);
}

/**
 * The versions of python that a package says it is for, as a conda version spec; '' when it says nothing.
 * @param {string} tree
 */
export async function findRequiresPython(tree) {
  for (const name of await readdir(join(tree, 'site-packages'))) {
    if (!/\.(egg|dist)-info$/.test(name)) continue;
    for (const file of ['METADATA', 'PKG-INFO']) {
      const text = await readFile(join(tree, 'site-packages', name, file), 'utf8').catch(() => '');
      const match = /^Requires-Python: (.*)$/m.exec(text);
      if (match !== null) return (match[1] ?? '').replace(/\s/g, '');
    }
  }
  return '';
}

/**
 * Compiles every module of a tree that is for one python, beside its source. The paths inside are relative to the
 * prefix; python puts in the real ones when it reads them.
 * @param {{ tree: string, interpreter: string, libraries: readonly string[], python: string, skip: RegExp }} options
 *   interpreter: a tree that holds `bin/python3.11`, libraries: trees whose `lib/` it needs
 */
export async function compile({ tree, interpreter, libraries, python, skip }) {
  const library = join(tree, `lib/python${python}`);
  await mkdir(library, { recursive: true });
  const program = join(interpreter, `bin/python${python}`);
  const search = libraries.map((folder) => join(folder, 'lib')).join(':');
  await run('/usr/bin/env', [
    ...['-i', `LD_LIBRARY_PATH=${search}`, 'PYTHONHASHSEED=0'],
    // -B: what the compiler imports itself is not to be compiled under the path it has now
    ...[program, '-B', '-P', '-S', '-s', '-m', 'compileall'],
    ...['-q', '-j', '2', '--invalidation-mode', 'timestamp', '-x', skip.source, '-s', tree, library],
  ]);
}

/** @param {string} text */
function parseConsoleScripts(text) {
  const section = /^\[console_scripts\]\s*\n((?:(?!\[).*\n?)*)/m.exec(text)?.[1] ?? '';
  return [...section.matchAll(/^\s*([\w.-]+)\s*=\s*([\w.]+:[\w.]+)/gm)].map((match) => ({
    command: match[1] ?? '',
    target: match[2] ?? '',
  }));
}
