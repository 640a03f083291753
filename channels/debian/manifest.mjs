import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/**
 * One conda package to make; what each key means is told at the top of manifest.yaml.
 * @typedef {object} PackageEntry
 * @property {string} name
 * @property {string[]} [debs]
 * @property {string} [version]
 * @property {string} [version-of]
 * @property {string[]} [provides]
 * @property {string} [variant]
 * @property {number} [preference]
 * @property {'python' | 'generic'} [noarch]
 * @property {boolean} [interpreter]
 * @property {string} [pin]
 * @property {string} license
 * @property {string} summary
 * @property {string[]} [files]
 * @property {string[]} [drop]
 * @property {Record<string, string>} [move]
 * @property {Record<string, string>} [links]
 * @property {Record<string, string>} [write]
 * @property {Record<string, string>} [concatenate]
 * @property {import('./placeholder.mjs').Edit[]} [edits]
 * @property {string[]} [depends]
 * @property {string[]} [without]
 * @property {string[]} [constrains]
 */

/**
 * @typedef {object} Manifest
 * @property {string} release
 * @property {string} python
 * @property {string[]} tools
 * @property {string[]} host
 * @property {string[]} ignored
 * @property {string[]} drop
 * @property {PackageEntry[]} packages
 */

/** @param {string} file @returns {Promise<Manifest>} */
export async function loadManifest(file) {
  return parse(await readFile(file, 'utf8'));
}

/**
 * Every Debian package that the channel is made of, each once.
 * @param {Manifest} manifest
 */
export function listDebs(manifest) {
  const names = manifest.packages.flatMap((entry) => [
    ...(entry.debs ?? []),
    ...(entry['version-of'] ? [entry['version-of']] : []),
  ]);
  return [...new Set([...manifest.tools, ...names])];
}
