import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** Python writes the time of the source into what it compiles. */
const COMPILED = /(?:^|\/)__pycache__\//;

/** Times, commands, in which cache the package lies, and whether it could be linked from there. */
const PASSING =
  /^(?:==>.*<==|# cmd:.*| *"(?:package_tarball_full_path|extracted_package_dir|source)":.*| *"type": \d)\n/gm;

/**
 * Every path of an environment with what is there: kind, permissions and content. Undefined when there is no environment. Times
 * in the history and the lock of this moment are left out.
 * @param {string} prefix
 * @returns {ReadonlyMap<string, string> | undefined}
 */
export function prefixState(prefix) {
  if (!existsSync(prefix)) return undefined;
  const found = new Map();
  /** @param {string} directory */
  const visit = (directory) => {
    for (const entry of readdirSync(path.join(prefix, directory), { withFileTypes: true })) {
      const name = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (entry.isDirectory()) {
        found.set(name, 'directory');
        visit(name);
      } else if (entry.isSymbolicLink()) found.set(name, `-> ${readlinkSync(path.join(prefix, name))}`);
      else found.set(name, describeFile(path.join(prefix, name), name));
    }
  };
  visit('');
  // Whoever dies right after he made it leaves an empty directory, and nobody knows whose it is.
  if (found.size === 0) return undefined;
  return new Map([...found].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/**
 * The paths in which two states differ, at most so many.
 * @param {ReadonlyMap<string, string> | undefined} left
 * @param {ReadonlyMap<string, string> | undefined} right
 * @returns {readonly string[]}
 */
export function differences(left, right, most = 5) {
  if (left === undefined || right === undefined) return left === right ? [] : ['there is none'];
  const names = new Set([...left.keys(), ...right.keys()]);
  const differing = [...names].filter((name) => left.get(name) !== right.get(name));
  return differing.slice(0, most).map((name) => `${name}: ${left.get(name)} | ${right.get(name)}`);
}

/**
 * @param {string} file
 * @param {string} name
 */
function describeFile(file, name) {
  if (COMPILED.test(name)) return 'compiled';
  if (name === 'conda-meta/created_at') return 'time';
  const content = readFileSync(file);
  const text = name.startsWith('conda-meta/') ? content.toString('utf8').replaceAll(PASSING, '') : content;
  return `${(lstatSync(file).mode & 0o777).toString(8)} ${createHash('sha256').update(text).digest('hex')}`;
}
