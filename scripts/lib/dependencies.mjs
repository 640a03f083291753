import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { ROOT } from './run.mjs';

/** Whether `node_modules` holds what `package-lock.json` asks for; npm writes down what it installed. */
export function hasDependencies() {
  const wanted = packagesIn(path.join(ROOT, 'package-lock.json'));
  const installed = packagesIn(path.join(ROOT, 'node_modules/.package-lock.json'));
  return Object.entries(wanted).every(
    ([place, { version, optional }]) =>
      place === '' || optional === true || isThere(place, version, installed),
  );
}

/**
 * @param {string} place
 * @param {string | undefined} version
 * @param {Packages} installed
 */
function isThere(place, version, installed) {
  // A workspace is its own folder: there is nothing to install.
  if (!place.startsWith('node_modules/')) return true;
  return installed[place]?.version === version && existsSync(path.join(ROOT, place, 'package.json'));
}

/** @typedef {Record<string, { version?: string, optional?: boolean }>} Packages */

/**
 * @param {string} file
 * @returns {Packages}
 */
function packagesIn(file) {
  if (!existsSync(file)) return {};
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
