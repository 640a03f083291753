import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { measure } from '../../lib/measure.mjs';

/**
 * The files of an environment that are not as their packages ship them.
 * @param {string} prefix
 * @returns {readonly string[]}
 */
export function patchedFiles(prefix) {
  const meta = path.join(prefix, 'conda-meta');
  return readdirSync(meta)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      /** @type {{ paths_data: { paths: { _path: string, prefix_placeholder?: string }[] } }} */
      const record = JSON.parse(readFileSync(path.join(meta, name), 'utf8'));
      const patched = record.paths_data.paths.filter((entry) => entry.prefix_placeholder !== undefined);
      return patched.map((entry) => entry._path);
    });
}

/**
 * @param {string} prefix
 * @returns {Promise<number>}
 */
export async function countFiles(prefix) {
  const { stdout } = await measure(['find', prefix, '-not', '-type', 'd'], process.env);
  return stdout.split('\n').length - 1;
}
