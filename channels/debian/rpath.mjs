// Makes programs and libraries find their libraries in whatever prefix they are put.
import { lstat, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { run } from './apt.mjs';
import { readDynamicSection } from './elf.mjs';

/**
 * What a tree's ELF files give and ask for.
 * @typedef {{ sonames: Set<string>, needed: Map<string, string> }} Libraries needed: library -> a file that asks for it
 */

/**
 * Gives every dynamic ELF file an RPATH from its own place to `lib/`. It is DT_RPATH, not DT_RUNPATH: that one also
 * holds for the libraries of libraries, and LD_LIBRARY_PATH does not get before it.
 * @param {{ tree: string, paths: readonly string[], patchelf: (operands: readonly string[]) => Promise<string> }} options
 * @returns {Promise<Libraries>}
 */
export async function setRpaths({ tree, paths, patchelf }) {
  /** @type {Map<string, string[]>} */
  const groups = new Map();
  /** @type {Libraries} */
  const libraries = { sonames: new Set(), needed: new Map() };
  const seen = new Set();
  for (const path of paths.filter(mayBeElf)) {
    const { ino, isLink } = await identify(join(tree, path));
    if (isLink) continue;
    const dynamic = readDynamicSection(await readFile(join(tree, path)));
    if (dynamic === undefined) continue;
    for (const soname of dynamic.needed) libraries.needed.set(soname, path);
    if (seen.has(ino)) continue; // another name of the same file
    seen.add(ino);
    const rpath = ['$ORIGIN', posix.relative(posix.dirname(path), 'lib')]
      .filter((part) => part !== '')
      .join('/');
    groups.set(rpath, [...(groups.get(rpath) ?? []), path]);
  }
  for (const [rpath, group] of groups) {
    const files = group.map((path) => join(tree, path));
    await patchelf(['--force-rpath', '--set-rpath', rpath, ...files]);
  }
  for (const path of paths)
    if (/^lib\/[^/]*\.so(\.|$)/.test(path)) libraries.sonames.add(posix.basename(path));
  return libraries;
}

/**
 * patchelf out of Debian's own package, run from where it was unpacked.
 * @param {string} folder holds the unpacked packages patchelf and what it needs
 */
export function createPatchelf(folder) {
  const program = join(folder, 'usr/bin/patchelf');
  return (/** @type {readonly string[]} */ operands) => run(program, operands);
}

/** @param {string} file */
async function identify(file) {
  const stats = await lstat(file);
  return { ino: stats.ino, isLink: stats.isSymbolicLink() };
}

/** @param {string} path */
function mayBeElf(path) {
  return path.startsWith('bin/') || /\.so(\.[\d.]+)?$/.test(path);
}
