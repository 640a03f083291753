// Where Debian's files belong in a conda prefix.
import { lstat, mkdir, readFile, readdir, readlink, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { createPathFilter } from './glob.mjs';

/**
 * @typedef {import('./manifest.mjs').PackageEntry} PackageEntry
 * @typedef {{ from: string, to: string }} Rule
 */

/** First match wins; what no rule names stays behind (etc, var, ...). */
const RULES = [
  { from: 'usr/lib/x86_64-linux-gnu/', to: 'lib/' },
  { from: 'lib/x86_64-linux-gnu/', to: 'lib/' },
  { from: 'usr/include/x86_64-linux-gnu/', to: 'include/' },
  { from: 'lib/terminfo/', to: 'share/terminfo/' },
  { from: 'usr/bin/', to: 'bin/' },
  { from: 'usr/sbin/', to: 'bin/' },
  { from: 'bin/', to: 'bin/' },
  { from: 'sbin/', to: 'bin/' },
  { from: 'usr/include/', to: 'include/' },
  { from: 'usr/share/', to: 'share/' },
  { from: 'usr/lib/', to: 'lib/' },
  { from: 'lib/', to: 'lib/' },
];

/**
 * Moves what a package keeps from the unpacked `raw` folder to `tree`, as it is to lie in a prefix, and adds the links
 * and files of its manifest entry. Links become relative; those into folders left behind are dropped.
 * @param {{ raw: string, tree: string, entry: PackageEntry, drop: readonly string[], python: string }} options
 *   `drop`: patterns for all packages, `python`: `3.11`
 * @returns {Promise<{ timestamp: number }>} when the newest file was made, ms since 1970
 */
export async function layOut({ raw, tree, entry, drop, python }) {
  const map = createMap(entry, python);
  const isDropped = createPathFilter([...drop, ...(entry.drop ?? [])]);
  const isKept = entry.files === undefined ? () => true : createPathFilter(entry.files);
  const paths = await listFiles(raw);

  let newest = await concatenate(entry, raw, paths, tree);
  for (const path of paths) {
    const target = map(path);
    if (target === undefined || isDropped(target) || !isKept(target)) continue;
    const stats = await lstat(join(raw, path));
    newest = Math.max(newest, stats.mtimeMs);
    await mkdir(dirname(join(tree, target)), { recursive: true });
    if (!stats.isSymbolicLink()) {
      await rename(join(raw, path), join(tree, target));
      continue;
    }
    const pointed = posix.join(posix.dirname(`/${path}`), await readlink(join(raw, path)));
    const absolute = (await readlink(join(raw, path))).startsWith('/')
      ? await readlink(join(raw, path))
      : pointed;
    const mapped = map(absolute.slice(1));
    if (mapped === undefined) continue;
    await symlink(posix.relative(posix.dirname(target), mapped), join(tree, target));
  }
  await addLinks(entry, tree);
  await addFiles(entry, tree);
  return { timestamp: Math.floor(newest) };
}

/**
 * Every file and link below a folder, `/` separated, sorted.
 * @param {string} folder
 * @returns {Promise<string[]>}
 */
export async function listFiles(folder) {
  const files = await walk(folder);
  return files.map((file) => file.slice(folder.length + 1)).sort();
}

/**
 * Node's own walk follows links from version 22 on.
 * @param {string} folder
 * @returns {Promise<string[]>}
 */
async function walk(folder) {
  const files = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const place = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await walk(place)));
    else files.push(place);
  }
  return files;
}

/**
 * @param {PackageEntry} entry
 * @param {string} python
 * @returns {(path: string) => string | undefined}
 */
function createMap(entry, python) {
  const isPure = entry.noarch === 'python';
  const sitePackages = isPure ? 'site-packages/' : `lib/python${python}/site-packages/`;
  const rules = [
    ...Object.entries(entry.move ?? {}).map(([from, to]) => ({ from, to })),
    { from: 'usr/lib/python3/dist-packages/', to: sitePackages },
    { from: `usr/lib/python${python}/dist-packages/`, to: sitePackages },
    ...RULES.map((rule) => (isPure && rule.to === 'bin/' ? { ...rule, to: 'python-scripts/' } : rule)),
  ];
  return (path) => {
    const rule = rules.find((candidate) => path.startsWith(candidate.from));
    return rule === undefined ? undefined : rule.to + path.slice(rule.from.length);
  };
}

/** @param {PackageEntry} entry @param {string} raw @param {readonly string[]} paths @param {string} tree */
async function concatenate(entry, raw, paths, tree) {
  let newest = 0;
  for (const [target, pattern] of Object.entries(entry.concatenate ?? {})) {
    const parts = paths.filter(createPathFilter([pattern]));
    const texts = await Promise.all(parts.map((path) => readFile(join(raw, path), 'utf8')));
    const stats = await Promise.all(parts.map((path) => lstat(join(raw, path))));
    newest = Math.max(newest, ...stats.map((stat) => stat.mtimeMs));
    await mkdir(dirname(join(tree, target)), { recursive: true });
    await writeFile(join(tree, target), texts.map((text) => text.trimEnd() + '\n').join(''));
  }
  return newest;
}

/** @param {PackageEntry} entry @param {string} tree */
async function addLinks(entry, tree) {
  for (const [path, target] of Object.entries(entry.links ?? {})) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await symlink(target, join(tree, path));
  }
}

/** @param {PackageEntry} entry @param {string} tree */
async function addFiles(entry, tree) {
  for (const [path, text] of Object.entries(entry.write ?? {})) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), text);
  }
}
