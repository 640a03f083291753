// From unpacked Debian packages to the tree and the metadata of one conda package.
import { lutimes, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { layOut, listFiles } from './layout.mjs';
import { PLACEHOLDER, writePlaceholders } from './placeholder.mjs';
import {
  compile,
  enableSitePackages,
  findRequiresPython,
  interpreterEdits,
  takeEntryPoints,
} from './python-layout.mjs';
import { setRpaths } from './rpath.mjs';
import { unpack } from './unpack.mjs';

/**
 * @typedef {import('./manifest.mjs').PackageEntry} PackageEntry
 * @typedef {import('./manifest.mjs').Manifest} Manifest
 */

/**
 * A package that only has to be packed.
 * @typedef {object} StagedPackage
 * @property {PackageEntry} entry
 * @property {string} tree
 * @property {string[]} paths
 * @property {number} timestamp ms since 1970
 * @property {'any' | 'one' | 'none'} python which pythons its modules are for
 * @property {string} requiresPython conda version spec, '' for any
 * @property {string[]} entryPoints
 * @property {import('./rpath.mjs').Libraries} libraries
 * @property {{ name: string, text: string }[]} licenses
 */

/**
 * @param {PackageEntry} entry
 * @param {{ folder: string, debs: readonly { name: string, file: string }[], manifest: Manifest,
 *   patchelf: (operands: readonly string[]) => Promise<string> }} options
 * @returns {Promise<StagedPackage>}
 */
export async function stagePackage(entry, { folder, debs, manifest, patchelf }) {
  const { python, drop } = manifest;
  const raw = await mkdtemp(join(folder, 'raw-'));
  const tree = join(folder, [entry.name, entry.variant].filter((part) => part !== undefined).join('-'));
  await mkdir(tree, { recursive: true });
  await unpack(
    debs.map(({ file }) => file),
    raw,
  );
  const licenses = await readLicenses(raw, debs);
  const { timestamp } = await layOut({ raw, tree, entry, drop, python });
  await rm(raw, { recursive: true });

  const isPure = entry.noarch === 'python';
  const entryPoints = isPure ? await takeEntryPoints(tree) : [];
  const paths = await listFiles(tree);
  if (entry.interpreter === true) await enableSitePackages(tree, python);
  const libraries = await setRpaths({ tree, paths, patchelf });
  if (entry.noarch !== undefined && libraries.needed.size > 0)
    throw new Error(`${entry.name}: compiled code in a noarch package`);
  const edits = [...(entry.edits ?? []), ...(entry.interpreter === true ? interpreterEdits(python) : [])];
  await writePlaceholders({ tree, paths, edits });
  // the time that the archive gives all its files: compiled modules hold the time of their source
  const time = Math.floor(timestamp / 1000);
  await Promise.all(paths.map((path) => lutimes(join(tree, path), time, time)));
  return {
    entry,
    tree,
    paths,
    timestamp,
    python: isPure ? 'any' : paths.some((path) => path.startsWith(`lib/python${python}/`)) ? 'one' : 'none',
    requiresPython: isPure ? await findRequiresPython(tree) : '',
    entryPoints,
    libraries,
    licenses,
  };
}

/**
 * Compiles the modules of the packages that are for one python, with that python.
 * @param {readonly StagedPackage[]} packages
 * @param {string} python `3.11`
 */
export async function compileModules(packages, python) {
  const interpreter = packages.find(({ entry }) => entry.interpreter === true);
  if (interpreter === undefined) throw new Error('no interpreter in the manifest');
  for (const staged of packages.filter((candidate) => candidate.python === 'one')) {
    const placed = await Promise.all(staged.paths.map((path) => isRewritten(staged, path)));
    const skip = new RegExp(
      staged.paths
        .filter((_, index) => placed[index])
        .map(escape)
        .join('|') || '^$',
    );
    await compile({
      tree: staged.tree,
      interpreter: interpreter.tree,
      libraries: packages.map(({ tree }) => tree),
      python,
      skip,
    });
    staged.paths = await listFiles(staged.tree);
  }
}

/** A module that gets its prefix later would have a bytecode of another source. @param {StagedPackage} staged @param {string} path */
async function isRewritten(staged, path) {
  return path.endsWith('.py') && (await readFile(join(staged.tree, path), 'utf8')).includes(PLACEHOLDER);
}

/** @param {string} raw @param {readonly { name: string }[]} debs */
async function readLicenses(raw, debs) {
  const texts = await Promise.all(
    debs.map(({ name }) =>
      readFile(join(raw, 'usr/share/doc', name, 'copyright'), 'utf8').catch(() => undefined),
    ),
  );
  return debs.flatMap(({ name }, index) => {
    const text = texts[index];
    return text === undefined ? [] : [{ name: `${name}/copyright`, text }];
  });
}

/** @param {string} text */
function escape(text) {
  return text.replace(/[.+?^${}()|[\]\\*]/g, '\\$&');
}
