import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

import { createRandom } from './random.mjs';

/** @typedef {import('./synthetic-packages.mjs').IndexedRecord} IndexedRecord */

/**
 * The packages at the bottom of every environment: python, pip and the libraries of python. Real records, where the conformance data
 * has them (`repodata/conda-forge-subset`); others are made up so that every python of today is there.
 *
 * @param {{ folder: string | undefined, seed: number }} options
 * @returns {Map<string, IndexedRecord[]>} by subdir
 */
export function basePackages({ folder, seed }) {
  const bySubdir = new Map(['linux-64', 'noarch'].map((subdir) => [subdir, loadReal(folder, subdir)]));
  const known = new Set([...bySubdir.values()].flat().map(({ record }) => String(record['name'])));
  const random = createRandom(seed ^ 0x5eed);
  for (const [name, version, subdir, depends] of BOTTOM) {
    if (!known.has(name))
      bySubdir.get(subdir)?.push(make(random, { name, version, subdir, depends, build: '0' }));
  }
  for (const minor of [10, 11, 12, 13, 14]) {
    for (let patch = 0; patch < 12; patch += 1) {
      const build = `h${random.hex(7)}_0_cpython`;
      const constrains = [`python_abi 3.${minor}.* *_cp3${minor}`];
      const fields = {
        name: 'python',
        version: `3.${minor}.${patch}`,
        subdir: 'linux-64',
        depends: PYTHON_NEEDS,
        build,
      };
      bySubdir.get('linux-64')?.push(make(random, { ...fields, constrains, minor, patch }));
    }
    const abi = { name: 'python_abi', version: `3.${minor}`, subdir: 'linux-64', build: `4_cp3${minor}` };
    bySubdir
      .get('linux-64')
      ?.push(make(random, { ...abi, depends: [], constrains: [`python 3.${minor}.*`] }));
  }
  return bySubdir;
}

/**
 * @param {string | undefined} folder
 * @param {string} subdir
 * @returns {IndexedRecord[]}
 */
function loadReal(folder, subdir) {
  const file = path.join(folder ?? '', 'repodata/conda-forge-subset', subdir, 'repodata.json.gz');
  if (folder === undefined || !existsSync(file)) return [];
  const data = JSON.parse(gunzipSync(readFileSync(file)).toString());
  return ['packages', 'packages.conda'].flatMap((map) =>
    Object.entries(data[map]).map(([fn, fields]) => {
      // These are conda's own notes, and not in a channel's index.
      const own = Object.entries(fields).filter(([key]) => !NOTES.has(key));
      return { fn, record: Object.fromEntries(own) };
    }),
  );
}

const NOTES = new Set(['channel', 'fn', 'url', 'arch', 'platform', 'package_type']);

const LIBC = ['libgcc-ng >=12'];
/** @type {readonly (readonly [string, string, string, readonly string[]])[]} */
const BOTTOM = [
  ['_libgcc_mutex', '0.1', 'linux-64', []],
  ['_openmp_mutex', '4.5', 'linux-64', ['_libgcc_mutex 0.1', 'libgomp >=7.5.0']],
  ['bzip2', '1.0.8', 'linux-64', LIBC],
  ['ca-certificates', '2025.8.3', 'linux-64', []],
  ['ld_impl_linux-64', '2.40', 'linux-64', []],
  ['libffi', '3.4.2', 'linux-64', LIBC],
  ['libgcc-ng', '13.2.0', 'linux-64', ['_libgcc_mutex 0.1', '_openmp_mutex >=4.5']],
  ['libgomp', '13.2.0', 'linux-64', ['_libgcc_mutex 0.1']],
  ['libnsl', '2.0.1', 'linux-64', LIBC],
  ['libsqlite', '3.45.2', 'linux-64', [...LIBC, 'libzlib >=1.2.13,<1.3.0a0']],
  ['libstdcxx-ng', '13.2.0', 'linux-64', []],
  ['libuuid', '2.38.1', 'linux-64', LIBC],
  ['libzlib', '1.2.13', 'linux-64', LIBC],
  ['ncurses', '6.4', 'linux-64', LIBC],
  ['openssl', '3.2.1', 'linux-64', ['ca-certificates', ...LIBC]],
  ['readline', '8.2', 'linux-64', [...LIBC, 'ncurses >=6.3,<7.0a0']],
  ['tk', '8.6.13', 'linux-64', [...LIBC, 'libzlib >=1.2.13,<1.3.0a0']],
  ['xz', '5.2.6', 'linux-64', LIBC],
  ['tzdata', '2025b', 'noarch', []],
  ['pip', '24.0', 'noarch', ['python >=3.7', 'setuptools', 'wheel']],
  ['setuptools', '69.5.1', 'noarch', ['python >=3.8']],
  ['wheel', '0.43.0', 'noarch', ['python >=3.8']],
];

const PYTHON_NEEDS = [
  'bzip2 >=1.0.8,<2.0a0',
  'ld_impl_linux-64 >=2.36.1',
  'libffi >=3.4,<4.0a0',
  'libgcc-ng >=12',
  'libnsl >=2.0.1,<2.1.0a0',
  'libsqlite >=3.45.2,<4.0a0',
  'libuuid >=2.38.1,<3.0a0',
  'libzlib >=1.2.13,<1.3.0a0',
  'ncurses >=6.4,<7.0a0',
  'openssl >=3.2.0,<4.0a0',
  'readline >=8.2,<9.0a0',
  'tk >=8.6.13,<8.7.0a0',
  'tzdata',
  'xz >=5.2.6,<6.0a0',
];

/**
 * @param {ReturnType<typeof createRandom>} random
 * @param {{ name: string, version: string, subdir: string, build: string, depends: readonly string[], constrains?: readonly string[], minor?: number, patch?: number }} fields
 * @returns {IndexedRecord}
 */
function make(random, { name, version, subdir, build, depends, constrains, minor = 12, patch = 0 }) {
  const time = Date.UTC(2021 + minor - 10, 9, 4) + patch * 60 * 86_400_000;
  const record = {
    build,
    build_number: 0,
    ...(constrains === undefined ? {} : { constrains }),
    depends,
    license: 'MIT',
    md5: random.hex(32),
    name,
    ...(subdir === 'noarch' ? { noarch: name === 'tzdata' ? 'generic' : 'python' } : {}),
    sha256: random.hex(64),
    size: 100_000 + random.below(20_000_000),
    subdir,
    timestamp: time,
    version,
  };
  return { fn: `${name}-${version}-${build}.conda`, record };
}
