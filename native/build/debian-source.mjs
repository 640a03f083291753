/** Source packages of the Debian system this runs on: no root, nothing of the system's own apt state is touched. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { env } from 'node:process';

import { run } from './run.mjs';

/**
 * Downloads the upstream tarball of a source package.
 * @param {string} name
 * @param {string} directory for the private configuration, lists and the download
 * @returns {Promise<string>} path of the tarball
 */
export async function downloadDebianSource(name, directory) {
  const parts = path.join(directory, 'sources.list.d');
  const state = path.join(directory, 'state');
  await mkdir(parts, { recursive: true });
  await mkdir(path.join(state, 'lists', 'partial'), { recursive: true });
  await mkdir(path.join(directory, 'cache', 'archives', 'partial'), { recursive: true });
  if (!(await copySourceLists('/etc/apt', parts))) throw new Error('no apt sources here');
  const config = path.join(directory, 'apt.conf');
  await writeFile(
    config,
    [
      'Dir::Etc::sourcelist "/dev/null";',
      `Dir::Etc::sourceparts "${parts}";`,
      `Dir::State::lists "${path.join(state, 'lists')}";`,
      `Dir::Cache "${path.join(directory, 'cache')}";`,
      'APT::Sandbox::User "";',
      'Acquire::Languages "none";',
      'Acquire::Retries "1";',
      'Acquire::http::Timeout "20";',
      'Acquire::https::Timeout "20";',
    ].join('\n'),
  );
  const options = { cwd: directory, env: { ...env, APT_CONFIG: config } };
  // A third party's list without sources makes the update fail as a whole; what it did fetch is enough.
  await run('apt-get', ['-qq', 'update'], options).catch(() => undefined);
  await run('apt-get', ['-qq', 'source', '--download-only', name], options);
  const tarball = (await readdir(directory)).find((file) => /\.orig\.tar\.\w+$/.test(file));
  if (tarball === undefined) throw new Error(`apt-get brought no upstream tarball of ${name}`);
  return path.join(directory, tarball);
}

/**
 * The system's lists with `deb` turned into `deb-src`, in both of apt's formats.
 * @param {string} etc
 * @param {string} target
 */
async function copySourceLists(etc, target) {
  const folder = path.join(etc, 'sources.list.d');
  const files = [path.join(etc, 'sources.list')];
  if (existsSync(folder))
    files.push(...(await readdir(folder)).sort().map((file) => path.join(folder, file)));
  let count = 0;
  for (const file of files.filter((each) => existsSync(each) && /\.(?:list|sources)$/.test(each))) {
    const text = await readFile(file, 'utf8');
    const sources = file.endsWith('.list')
      ? listWithSources(text)
      : text.replace(/^Types:.*$/gim, 'Types: deb-src');
    await writeFile(path.join(target, path.basename(file)), sources);
    count += 1;
  }
  return count > 0;
}

/** @param {string} text one-line format */
function listWithSources(text) {
  const lines = text.split('\n').filter((line) => /^\s*deb\s/.test(line));
  return `${lines.map((line) => line.replace(/^\s*deb\s/, 'deb-src ')).join('\n')}\n`;
}
