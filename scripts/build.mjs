#!/usr/bin/env node
// Bundles the command line, the library and the worker threads into dist/.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { whenChanged } from './lib/inputs.mjs';
import { laterModules } from './lib/later-modules.mjs';
import { programOptions, scriptOptions, startOptions } from './lib/quick-bundle.mjs';
import { ROOT, runOrFail } from './lib/run.mjs';
import { thirdPartyLicences } from './lib/third-party.mjs';

const { values } = parseArgs({ options: { force: { type: 'boolean' }, types: { type: 'boolean' } } });

const ENTRIES = {
  index: 'src/index.ts',
};

/** A thread begins with one file, too: it shares no module with the thread that starts it, and reads each of its own anew. */
const WORKERS = [
  { 'extract-worker': 'src/extract/worker.ts' },
  { 'index-worker': 'src/publish/worker.ts' },
  { 'link-worker': 'src/link/worker.ts' },
];

/** What people and prompts wait for, each in a script of its own. */
const SCRIPTS = ['list', 'info', 'shell'];

const step = async () => {
  const { build } = await import('esbuild');
  const dist = path.join(ROOT, 'dist');
  mkdirSync(dist, { recursive: true });
  const common = {
    absWorkingDir: ROOT,
    outdir: 'dist',
    bundle: true,
    format: /** @type {const} */ ('esm'),
    platform: /** @type {const} */ ('node'),
    // Modules that can be split, where a package has them.
    mainFields: ['module', 'main'],
    target: 'node20.18',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: /** @type {const} */ ('none'),
    sourcemap: true,
    sourcesContent: false,
    external: ['zstd-napi'],
    plugins: [laterModules],
    metafile: /** @type {const} */ (true),
    logLevel: /** @type {const} */ ('warning'),
    // Bundled CommonJS packages call require() for node's own modules, and may try one that this Node does not have.
    banner: {
      js: "const require = (name) => { const found = process.getBuiltinModule(name); if (found === undefined) throw new Error(`Cannot find module '${name}'`); return found; };",
    },
  };
  const split = { ...common, chunkNames: 'chunks/[name]-[hash]', splitting: true };
  const results = await Promise.all([
    build({ ...split, entryPoints: ENTRIES }),
    ...WORKERS.map((entryPoints) => build({ ...split, entryPoints })),
    build({ ...common, ...startOptions, entryPoints: { cli: 'src/cli/start.ts' } }),
    build({ ...common, ...programOptions, entryPoints: { main: 'src/cli/program.ts' } }),
    build({ ...common, ...startOptions, entryPoints: { yaml: 'src/config/yaml.ts' } }),
    // Apart, as what one imports on demand keeps the bundler from leaving things out of the other.
    ...SCRIPTS.map((name) =>
      build({ ...common, ...scriptOptions, entryPoints: { [name]: `src/cli/${name}-program.ts` } }),
    ),
  ]);
  removeStale(new Set(results.flatMap(({ metafile }) => Object.keys(metafile.outputs))));
  chmodSync(path.join(dist, 'cli.cjs'), 0o755);
  const bundled = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  writeFileSync(path.join(dist, 'THIRD-PARTY-LICENSES.txt'), thirdPartyLicences(bundled));
};

/** Has the program do its work once, and keeps what Node compiled for it. */
const keepCompiled = () => {
  execFileSync(process.execPath, [path.join(ROOT, 'scripts/lib/keep-compiled.mjs')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
};

/**
 * Earlier builds leave files behind: chunks, whose names hold the digest of their content, entries of other names, and compiled code
 * of other sources.
 * @param {ReadonlySet<string>} outputs
 */
function removeStale(outputs) {
  for (const folder of ['dist', 'dist/chunks']) {
    for (const file of readdirSync(path.join(ROOT, folder))) {
      if (/\.(?:c?js|map|code)$/.test(file) && !outputs.has(`${folder}/${file}`)) {
        rmSync(path.join(ROOT, folder, file));
      }
    }
  }
}

const inputs = ['src', 'native/src', 'package.json', 'package-lock.json', 'scripts/build.mjs', 'scripts/lib'];
const isNew = await whenChanged({
  name: 'build',
  inputs,
  outputs: [
    'dist/cli.cjs',
    'dist/THIRD-PARTY-LICENSES.txt',
    ...[...SCRIPTS, 'main'].map((name) => `dist/${name}.cjs`),
    'dist/index.js',
  ],
  step,
  force: values.force,
});

const wasm = path.join(ROOT, 'native/dist/libsolv.wasm');
const copy = path.join(ROOT, 'dist/libsolv.wasm');
if (existsSync(wasm)) {
  if (!(existsSync(copy) && readFileSync(wasm).equals(readFileSync(copy)))) copyFileSync(wasm, copy);
  await whenChanged({
    name: 'compiled',
    inputs: [...inputs, 'native/dist/libsolv.wasm'],
    outputs: [...SCRIPTS, 'main'].map((name) => `dist/${name}.cjs.code`),
    step: keepCompiled,
    force: isNew,
  });
}
if (isNew) process.stdout.write('build: dist/cli.cjs, dist/index.js\n');

if (values.types) {
  await whenChanged({
    name: 'types',
    inputs: ['src', 'native/src', 'tsconfig.json', 'tsconfig.build.json'],
    outputs: ['dist/types'],
    step: () => {
      rmSync(path.join(ROOT, 'dist/types'), { recursive: true, force: true });
      return runOrFail('npx', ['--no-install', 'tsc', '-p', 'tsconfig.build.json']);
    },
  });
}
