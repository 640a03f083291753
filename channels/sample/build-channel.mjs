// The sample channel: recipes in recipes/, written by tconda's own package writer.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { parse } from 'yaml';

const RECIPES = path.join(import.meta.dirname, 'recipes');

/** Stands for the prefix in files, as long as conda-build makes it, so that paths of any usual length fit into binaries. */
export const PLACEHOLDER = `/opt/tconda-sample/${'placehold_'.repeat(30)}`.slice(0, 255);

/**
 * A recipe: `name`, fields that its packages share, and `packages`, each with `version`, `build`, its own fields and
 * `subdirs` (default `noarch`). Fields are those of `info/index.json`, and:
 *
 * - `format`: `.conda`, `.tar.bz2`, or a list of both
 * - `files`: path to text, in which `@PREFIX@`, `@VERSION@`, `@MINOR@`, `@NAME@` are replaced, or `{ payload: file beside the recipe }`
 * - `executables`, `symlinks` (path: target), `hardlinks` (path: other path), `directories`, `no_link`
 * - `entry_points`, `run_exports`, `about`
 *
 * @param {{ createPackage: Function, indexChannel: Function }} publish
 * @param {string} output the channel's directory; what is in it is replaced
 */
export async function buildChannel(publish, output) {
  rmSync(output, { recursive: true, force: true });
  for (const recipe of loadRecipes()) {
    for (const variant of variantsOf(recipe)) {
      const tree = mkdtempSync(path.join(tmpdir(), 'tconda-sample-'));
      try {
        layTree(tree, variant);
        await publish.createPackage(describe(variant, tree, output));
      } finally {
        rmSync(tree, { recursive: true, force: true });
      }
    }
  }
  await publish.indexChannel(output);
}

/** A digest of all recipes and of this file: the channel needs to be built when it changes. */
export function hashRecipes() {
  const hash = createHash('sha256');
  for (const file of [...filesBelow(RECIPES), import.meta.filename].toSorted(compareText)) {
    hash.update(`${path.relative(RECIPES, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function filesBelow(directory) {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function loadRecipes() {
  return readdirSync(RECIPES)
    .filter((file) => file.endsWith('.yaml'))
    .toSorted()
    .map((file) => parse(readFileSync(path.join(RECIPES, file), 'utf8')));
}

/** One for each version, build, subdir and format. */
function variantsOf({ packages, ...shared }) {
  return packages.flatMap((fields) => {
    const merged = { format: '.conda', subdirs: ['noarch'], ...shared, ...fields };
    return merged.subdirs.flatMap((subdir) =>
      [merged.format]
        .flat()
        .map((format) => ({ ...merged, subdir, format, version: String(merged.version) })),
    );
  });
}

function layTree(tree, variant) {
  const place = (name) => {
    const target = path.join(tree, name);
    mkdirSync(path.dirname(target), { recursive: true });
    return target;
  };
  const fill = (text) => fillIn(text, variant);
  for (const [name, content] of Object.entries(variant.files ?? {})) {
    const text =
      typeof content === 'string' ? content : readFileSync(path.join(RECIPES, content.payload), 'utf8');
    writeFileSync(place(fill(name)), fill(text));
    chmodSync(place(fill(name)), 0o644);
  }
  for (const name of variant.executables ?? []) chmodSync(place(fill(name)), 0o755);
  for (const [name, target] of Object.entries(variant.hardlinks ?? {}))
    linkSync(path.join(tree, fill(target)), place(fill(name)));
  for (const [name, target] of Object.entries(variant.symlinks ?? {}))
    symlinkSync(fill(target), place(fill(name)));
  for (const name of variant.directories ?? []) mkdirSync(path.join(tree, name), { recursive: true });
}

function fillIn(text, { name, version }) {
  return text
    .replaceAll('@PREFIX@', PLACEHOLDER)
    .replaceAll('@VERSION@', version)
    .replaceAll('@MINOR@', version.split('.').slice(0, 2).join('.'))
    .replaceAll('@NAME@', name);
}

const INDEX_FIELDS = [
  'name', 'version', 'build', 'build_number', 'subdir', 'noarch', 'depends', 'constrains', 'license', 'timestamp',
  'track_features', 'python_site_packages_path',
]; // prettier-ignore

function describe(variant, tree, output) {
  const index = Object.fromEntries(
    INDEX_FIELDS.filter((key) => variant[key] !== undefined).map((key) => [key, variant[key]]),
  );
  return {
    tree,
    index: { license: 'BSD-3-Clause', timestamp: 1_700_000_000_000, ...index },
    outputDirectory: path.join(output, variant.subdir),
    format: variant.format,
    level: 3,
    placeholder: PLACEHOLDER,
    about: { summary: variant.summary, ...variant.about },
    ...(variant.entry_points && { entryPoints: variant.entry_points }),
    ...(variant.run_exports && {
      runExports: JSON.parse(fillIn(JSON.stringify(variant.run_exports), variant)),
    }),
    ...(variant.no_link && { noLink: variant.no_link }),
  };
}

/**
 * @param {string} left
 * @param {string} right
 */
function compareText(left, right) {
  return left < right ? -1 : Number(left > right);
}
