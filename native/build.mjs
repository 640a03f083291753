/**
 * Builds dist/libsolv.wasm from libsolv's source and shim.c. Does nothing when it is there already, made from the same
 * inputs.
 *
 *   LIBSOLV_SOURCE  folder or tarball of libsolv (else the Debian source package, else the project's tag)
 *   CC              a native clang that can target WASI (else the npm package @yowasp/clang); WASI_SYSROOT for it
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';

import { compileUnits, hashOf, startCompiler } from './build/compile.mjs';
import { provideSource } from './build/source.mjs';

const HERE = import.meta.dirname;
const DIST = path.join(HERE, 'dist');
const WASM = path.join(DIST, 'libsolv.wasm');
const KEY = path.join(DIST, 'libsolv.key');
const TARGET = '--target=wasm32-wasip1';
const COMPILE = [
  TARGET,
  '-c',
  '-O2',
  '-ffunction-sections',
  '-fdata-sections',
  '-Wno-everything',
  '-DLIBSOLV_INTERNAL=1',
  '-DENABLE_CONDA=1',
  '-DMULTI_SEMANTICS=1',
  '-DHAVE_STRCHRNUL=1',
];
/**
 * Calls that go to the shim instead: it orders the candidates, leaves out rules that conda never needs, and sorts faster.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
const RENAMED = {
  'policy.c': [
    '-Dsolvable_lookup_str=tconda_lookup_str',
    '-Dsolvable_lookup_count=tconda_lookup_count',
    '-Dpool_evrcmp=tconda_evrcmp',
  ],
  'rules.c': ['-Dsolv_sort=tconda_sort'],
  'solver.c': ['-Dsolver_addchoicerules=tconda_addchoicerules'],
};
const LINK = [
  TARGET,
  '-mexec-model=reactor',
  '-O2',
  '-Wl,--gc-sections',
  '-Wl,--strip-all',
  '-Wl,-z,stack-size=1048576',
];

/** @param {string} message */
const say = (message) => process.stdout.write(`libsolv: ${message}\n`);

/** @type {import('./build/source.mjs').Pin} */
const pin = JSON.parse(readFileSync(path.join(HERE, 'libsolv.json'), 'utf8'));
const shim = readFileSync(path.join(HERE, 'shim.c'));
const exported = readFileSync(path.join(HERE, 'exports.txt'), 'utf8').trim().split('\n');
const compiler = compilerIdentity();
const flags = JSON.stringify([COMPILE, RENAMED, LINK, exported]);
const key = hashOf(JSON.stringify(pin), shim, flags, compiler);

if (!existsSync(WASM) || !existsSync(KEY) || readFileSync(KEY, 'utf8') !== key) {
  try {
    await build();
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

async function build() {
  const cache = path.join(DIST, 'cache');
  const source = await provideSource(pin, cache, env['LIBSOLV_SOURCE'], say);
  const headers = await readHeaders(source);
  /** @type {import('./build/compile.mjs').Unit[]} */
  const units = [];
  for (const name of pin.sources) units.push(unit(name, await readFile(path.join(source, name)), headers));
  units.push(unit('shim.c', shim, headers));
  const objects = await compileUnits(units, path.join(cache, 'objects'), say);
  const wasm = await link(objects);
  await mkdir(DIST, { recursive: true });
  await writeFile(`${WASM}.part`, wasm);
  await rm(KEY, { force: true });
  await rename(`${WASM}.part`, WASM);
  await writeFile(KEY, key);
  say(`${path.relative(process.cwd(), WASM)}, ${Math.round(wasm.length / 1024)} kB`);
}

/**
 * @param {string} name
 * @param {Uint8Array} text
 * @param {Record<string, Uint8Array>} headers
 * @returns {import('./build/compile.mjs').Unit}
 */
function unit(name, text, headers) {
  const args = [...COMPILE, ...(RENAMED[name] ?? []), name, '-o', `${name}.o`];
  const objectKey = hashOf(pin.tree, compiler, JSON.stringify(args), text);
  return { name, key: objectKey, task: { args, files: { ...headers, [name]: text }, output: `${name}.o` } };
}

/** @param {string} source */
async function readHeaders(source) {
  const [major, minor, patch] = pin.version.split('.');
  const version = [
    `#define LIBSOLV_VERSION_STRING "${pin.version}"`,
    `#define LIBSOLV_VERSION_MAJOR ${major}`,
    `#define LIBSOLV_VERSION_MINOR ${minor}`,
    `#define LIBSOLV_VERSION_PATCH ${patch}`,
    '#define LIBSOLV_TOOLVERSION "1.2"',
  ];
  /** @type {Record<string, Uint8Array>} */
  const files = { 'solvversion.h': Buffer.from(`${version.join('\n')}\n`) };
  // util.c includes one C file.
  for (const name of (await readdir(source)).filter((each) => each.endsWith('.h') || each === 'qsort_r.c')) {
    files[name] = await readFile(path.join(source, name));
  }
  return files;
}

/** @param {Map<string, Uint8Array>} objects */
async function link(objects) {
  /** @type {Record<string, Uint8Array>} */
  const files = {};
  for (const [name, object] of [...objects].sort(([a], [b]) => (a < b ? -1 : 1))) files[`${name}.o`] = object;
  const exports = exported.map((name) => `-Wl,--export=${name}`);
  const linker = startCompiler();
  try {
    const args = [...LINK, ...exports, ...Object.keys(files), '-o', 'libsolv.wasm'];
    return await linker.compile({ args, files, output: 'libsolv.wasm' });
  } finally {
    await linker.stop();
  }
}

function compilerIdentity() {
  const native = env['CC'];
  if (native) return `${native} ${env['WASI_SYSROOT'] ?? ''}`;
  const entry = fileURLToPath(import.meta.resolve('@yowasp/clang'));
  const manifest = path.join(path.dirname(entry), '../package.json');
  return `@yowasp/clang ${JSON.parse(readFileSync(manifest, 'utf8')).version}`;
}
