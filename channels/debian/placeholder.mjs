// Text that names the prefix. What is written here is what tconda replaces by the real prefix when it links.
import { lstat, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createPathFilter } from './glob.mjs';

/**
 * One change of text; `{prefix}` in `replace` is where the prefix goes.
 * @typedef {{ file: string | string[], find: string | RegExp, replace: string }} Edit file: patterns of paths
 */

const LONGEST_PREFIX = 255;
const FILLER = '_placehold';

/** Stands for the prefix in packages of this channel: as long as the longest prefix that binary files could take. */
export const PLACEHOLDER = `/opt/debian_channel${FILLER.repeat(30)}`.slice(0, LONGEST_PREFIX);

/**
 * Applies the edits of a package, and points the first lines of its scripts at the interpreters of the prefix.
 * @param {{ tree: string, paths: readonly string[], edits: readonly Edit[] }} options
 * @throws when an edit finds nothing to change: then Debian's file is another than the one the edit was made for
 */
export async function writePlaceholders({ tree, paths, edits }) {
  for (const edit of edits) {
    const isMeant = createPathFilter([edit.file].flat());
    const find = edit.find instanceof RegExp ? edit.find : new RegExp(edit.find, 'g');
    const changed = await Promise.all(
      paths
        .filter(isMeant)
        .map((path) => rewrite(join(tree, path), (text) => text.replace(find, expand(edit.replace)))),
    );
    if (!changed.includes(true))
      throw new Error(`${String(edit.file)}: nothing in it matches ${String(find)}`);
  }
  for (const path of paths.filter((name) => /^(bin|python-scripts)\//.test(name))) {
    const file = join(tree, path);
    if (
      (await lstat(file)).isSymbolicLink() ||
      !(await readFile(file)).subarray(0, 2).equals(Buffer.from('#!'))
    )
      continue;
    await rewrite(file, (text) => text.replace(INTERPRETER, `#!${PLACEHOLDER}/bin/$1`));
  }
}

const INTERPRETER = /^#! ?(?:\/usr\/bin\/env |\/usr\/bin\/)((?:python|lua)[\d.]*)(?=\s)/;

/** @param {string} text */
function expand(text) {
  return text.replaceAll('{prefix}', PLACEHOLDER);
}

/**
 * @param {string} file
 * @param {(text: string) => string} change
 */
async function rewrite(file, change) {
  const before = await readFile(file, 'utf8');
  const after = change(before);
  if (after === before) return false;
  await writeFile(file, after);
  return true;
}
