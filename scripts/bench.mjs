#!/usr/bin/env node
// Measures: npm run bench -- NAME [options]. Each benchmark is a file of scripts/bench/.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = path.join(import.meta.dirname, 'bench');
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => path.basename(file, '.mjs'));
const [name = '', ...args] = process.argv.slice(2);
if (!names.includes(name)) {
  process.stderr.write(`usage: npm run bench -- ${names.join('|')} [--json] [--repeat NUMBER]\n`);
  process.exit(2);
}
const { bench } = await import(pathToFileURL(path.join(folder, `${name}.mjs`)).href);
process.exitCode = await bench(args);
