#!/usr/bin/env node
// Bundles the command line, the library and the worker threads into dist/.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { whenChanged } from './lib/inputs.mjs';
import { ROOT, runOrFail } from './lib/run.mjs';

const { values } = parseArgs({ options: { force: { type: 'boolean' }, types: { type: 'boolean' } } });

const ENTRIES = {
  cli: 'src/cli/main.ts',
  index: 'src/index.ts',
  'index-worker': 'src/publish/worker.ts',
};

/** A thread begins with one file, too: it shares no module with the thread that starts it, and reads each of its own anew. */
const WORKER = { 'extract-worker': 'src/extract/worker.ts' };

/** What a prompt waits for is one file with nothing else in it: reading thirty chunks takes longer than the work. */
const SHELL = 'src/cli/shell-program.ts';
const SHELL_FOOTER = `if (require.main === module) {
  const [, , first = '', ...rest] = process.argv;
  process.argv[1] = require('node:path').join(__dirname, 'cli.js');
  module.exports.runShellProgram(first.replace(/^shell\\./, ''), rest).then((code) => {
    process.exitCode = code;
  });
}`;
/** @type {import('esbuild').Plugin} */
const shellApart = {
  name: 'shell-apart',
  setup: (hooks) => {
    hooks.onResolve({ filter: /\/shell-program\.ts$/ }, () => ({ path: 'shell', namespace: 'apart' }));
    hooks.onResolve({ filter: /shell\.cjs$/ }, () => ({ path: '../shell.cjs', external: true }));
    // import() of CommonJS reads the whole file first for the names in it.
    hooks.onLoad({ filter: /./, namespace: 'apart' }, () => ({
      contents: "export const runShellProgram = require('../shell.cjs').runShellProgram;",
    }));
  },
};

const step = async () => {
  const { build } = await import('esbuild');
  const dist = path.join(ROOT, 'dist');
  mkdirSync(dist, { recursive: true });
  /** @type {import('esbuild').BuildOptions} */
  const common = {
    absWorkingDir: ROOT,
    outdir: 'dist',
    bundle: true,
    format: 'esm',
    platform: 'node',
    // Modules that can be split, where a package has them.
    mainFields: ['module', 'main'],
    target: 'node20.18',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    sourcemap: true,
    sourcesContent: false,
    external: ['zstd-napi'],
    logLevel: 'warning',
    // Bundled CommonJS packages call require() for node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  };
  const split = {
    ...common,
    chunkNames: 'chunks/[name]-[hash]',
    splitting: true,
    metafile: /** @type {const} */ (true),
  };
  const [main, worker] = await Promise.all([
    build({ ...split, entryPoints: ENTRIES, plugins: [shellApart] }),
    build({ ...split, entryPoints: WORKER }),
    // CommonJS, which Node starts faster, and in which what is imported on demand is.
    build({
      ...common,
      entryPoints: { shell: SHELL },
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      banner: {},
      // Hooks start it by itself; the program it belongs to is the one beside it.
      footer: { js: SHELL_FOOTER },
      mainFields: ['main'],
    }),
  ]);
  removeStale(dist, new Set([main, worker].flatMap(({ metafile }) => Object.keys(metafile.outputs))));
  chmodSync(path.join(dist, 'cli.js'), 0o755);
};

/**
 * Earlier builds leave chunks behind, whose names hold the digest of their content.
 * @param {string} dist
 * @param {ReadonlySet<string>} outputs
 */
function removeStale(dist, outputs) {
  const chunks = path.join(dist, 'chunks');
  if (!existsSync(chunks)) return;
  for (const file of readdirSync(chunks)) {
    if (!outputs.has(`dist/chunks/${file}`)) rmSync(path.join(chunks, file));
  }
}

const inputs = ['src', 'native/src', 'package.json', 'package-lock.json', 'scripts/build.mjs'];
if (values.force) await step();
else if (
  await whenChanged({
    name: 'build',
    inputs,
    outputs: ['dist/cli.js', 'dist/shell.cjs', 'dist/index.js'],
    step,
  })
) {
  process.stdout.write('build: dist/cli.js, dist/index.js\n');
}

const wasm = path.join(ROOT, 'native/dist/libsolv.wasm');
if (existsSync(wasm)) copyFileSync(wasm, path.join(ROOT, 'dist/libsolv.wasm'));

if (values.types) {
  await whenChanged({
    name: 'types',
    inputs: ['src', 'native/src', 'tsconfig.json', 'tsconfig.build.json'],
    outputs: ['dist/types'],
    step: () => runOrFail('npx', ['tsc', '-p', 'tsconfig.build.json']),
  });
}
