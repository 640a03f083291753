import { join } from 'node:path';
import { run } from './apt.mjs';

/**
 * What a Debian package says of itself.
 * @typedef {{ name: string, version: string, relations: string, homepage: string, source: string }} Control
 */

/**
 * The fields this builder reads.
 * @param {string} file a .deb
 * @returns {Promise<Control>}
 */
export async function readControl(file) {
  const text = await run('dpkg-deb', [
    '--field',
    file,
    'Package',
    'Version',
    'Pre-Depends',
    'Depends',
    'Homepage',
    'Source',
  ]);
  const field = (/** @type {string} */ name) => new RegExp(`^${name}: (.*)$`, 'm').exec(text)?.[1] ?? '';
  const name = field('Package');
  return {
    name,
    version: field('Version'),
    relations: [field('Pre-Depends'), field('Depends')].filter((part) => part !== '').join(', '),
    homepage: field('Homepage'),
    source: field('Source').replace(/ .*/, '') || name,
  };
}

/**
 * Lays the files of some packages into one folder, as Debian has them below `/`.
 * @param {readonly string[]} files
 * @param {string} folder
 */
export async function unpack(files, folder) {
  for (const file of files) await run('dpkg-deb', ['--extract', file, join(folder)]);
}
