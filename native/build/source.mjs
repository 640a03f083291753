/** Where libsolv's source comes from. Whatever the archive was, its `src/` must hash to the pinned value. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { withWorkFolder } from '../../scripts/lib/work-folder.mjs';
import { downloadDebianSource } from './debian-source.mjs';
import { run } from './run.mjs';

/**
 * @typedef {{ version: string, tree: string, archive: string, sources: string[] }} Pin
 * @typedef {(message: string) => void} Say
 */

/**
 * A directory that holds libsolv's `src/*.c` and `src/*.h`, verified, kept below `cache` for the next time.
 * @param {Pin} pin
 * @param {string} cache
 * @param {string | undefined} given folder or tarball, as in LIBSOLV_SOURCE
 * @param {Say} say
 * @returns {Promise<string>}
 */
export async function provideSource(pin, cache, given, say) {
  const kept = path.join(cache, `libsolv-${pin.version}`);
  if (given === undefined && existsSync(kept) && (await hashTree(kept)) === pin.tree) return kept;
  return await withWorkFolder(cache, async (work) => {
    const root = await firstThatWorks(waysToSource(pin, work, given), pin, work, say);
    await rm(kept, { recursive: true, force: true });
    await mkdir(kept);
    for (const file of await sourceFiles(root)) {
      await writeFile(path.join(kept, file), await readFile(path.join(root, file)));
    }
    return kept;
  });
}

/**
 * @param {Pin} pin
 * @param {string} work
 * @param {string | undefined} given
 * @returns {[string, () => Promise<string>][]} what it is called, and how to get a folder or tarball
 */
function waysToSource(pin, work, given) {
  if (given !== undefined) return [[given, async () => given]];
  return [
    ['the Debian source package', () => downloadDebianSource('libsolv', path.join(work, 'apt'))],
    [pin.archive, () => download(pin.archive, path.join(work, 'libsolv.tar.gz'))],
  ];
}

/**
 * @param {[string, () => Promise<string>][]} ways
 * @param {Pin} pin
 * @param {string} work
 * @param {Say} say
 */
async function firstThatWorks(ways, pin, work, say) {
  const failures = [];
  for (const [name, get] of ways) {
    try {
      const root = await openSource(await get(), work);
      const tree = await hashTree(root);
      if (tree !== pin.tree) throw new Error(`its tree is ${tree}, not ${pin.tree}`);
      say(`libsolv ${pin.version} from ${name}`);
      return root;
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(`no source of libsolv ${pin.version}; LIBSOLV_SOURCE may name one\n${failures.join('\n')}`);
}

/**
 * @param {string} source folder or tarball
 * @param {string} work
 */
async function openSource(source, work) {
  if ((await stat(source)).isDirectory()) {
    return existsSync(path.join(source, 'src')) ? path.join(source, 'src') : source;
  }
  const target = await mkdtemp(path.join(work, 'tree-'));
  await run('tar', ['-xf', source, '-C', target, '--strip-components=1']);
  return path.join(target, 'src');
}

/**
 * @param {string} url
 * @param {string} file
 */
async function download(url, file) {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  await writeFile(`${file}.part`, new Uint8Array(await response.arrayBuffer()));
  await rename(`${file}.part`, file);
  return file;
}

/**
 * The digest of the C files and headers, by name and content: the same for every packing of one release.
 * @param {string} root
 */
async function hashTree(root) {
  const hash = createHash('sha256');
  for (const file of await sourceFiles(root)) {
    const content = createHash('sha256').update(await readFile(path.join(root, file)));
    hash.update(`${file} ${content.digest('hex')}\n`);
  }
  return hash.digest('hex');
}

/** @param {string} root */
async function sourceFiles(root) {
  return (await readdir(root)).filter((file) => /\.[ch]$/.test(file)).sort();
}
