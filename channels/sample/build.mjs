#!/usr/bin/env node
// Builds the sample channel in build/ beside this file, unless it was built from the same recipes by the same program.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { buildChannel, hashRecipes } from './build-channel.mjs';

const OUTPUT = path.join(import.meta.dirname, 'build');
const STAMP = path.join(OUTPUT, '.built');
const PROGRAM = path.join(import.meta.dirname, '../../dist/index.js');

const inputs = createHash('sha256').update(hashRecipes()).update(readFileSync(PROGRAM)).digest('hex');
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== inputs) {
  await buildChannel(await import(pathToFileURL(PROGRAM).href), OUTPUT);
  writeFileSync(STAMP, inputs);
  process.stdout.write(`sample channel: built in ${path.relative(process.cwd(), OUTPUT)}\n`);
}
