#!/usr/bin/env node
// Runs every file of conformance vectors in the folder that TCONDA_CONFORMANCE names, by default test/conformance/.
// Prints a line for each file and each failure; exits with 1 when a case fails or a file is of an unknown kind.
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

import { build } from 'esbuild';

import { ROOT, run } from './lib/run.mjs';

const folder = path.join(ROOT, 'node_modules/.cache/tconda/conformance');
mkdirSync(folder, { recursive: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: ['test/conformance/main.ts'],
  outdir: folder,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.18',
  packages: 'external',
  // The project's own package is TypeScript, which Node 20 can't load.
  alias: { 'libsolv-wasm': path.join(ROOT, 'native/src/index.ts') },
  sourcemap: 'inline',
  logLevel: 'warning',
});
const wasm = path.join(ROOT, 'native/dist/libsolv.wasm');
if (existsSync(wasm)) copyFileSync(wasm, path.join(folder, 'libsolv.wasm'));

process.exitCode = await run(process.execPath, [
  '--enable-source-maps',
  path.join(folder, 'main.mjs'),
  path.join(ROOT, 'test/conformance'),
]);
