// Asks the machine's own apt for packages, in folders of our own: nothing outside them is read for state or written, and no root is needed.
import { spawn } from 'node:child_process';
import { access, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * One package file as apt would fetch it.
 * @typedef {{ uri: string, file: string, size: number, hash: string }} DebFile
 */

/** The machine cannot build this channel at all, whatever is tried; everything else is an ordinary failure. */
export class NoAptError extends Error {}

/**
 * An apt that keeps its lists, cache and state under `root` and reads the machine's own sources, those of Debian's
 * `release` only.
 * @param {{ root: string, release: string }} options absolute folder; Debian's code name, `bookworm`
 * @throws {NoAptError} when this is no amd64 Debian with apt
 */
export async function createApt({ root, release }) {
  await requireDebian();
  const configuration = join(root, 'apt.conf');
  const archives = join(root, 'archives');
  await rm(join(root, 'sources.d'), { recursive: true, force: true });
  for (const folder of ['lists/partial', 'cache/archives/partial', 'state', 'sources.d', 'archives']) {
    await mkdir(join(root, folder), { recursive: true });
  }
  await writeSources(join(root, 'sources.d'), release);
  await writeFile(join(root, 'state/status'), '');
  await writeFile(configuration, formatConfiguration(root));
  const aptGet = (/** @type {string[]} */ operands, /** @type {string} */ folder) =>
    run('apt-get', [`--config-file=${configuration}`, ...operands], folder);

  return {
    /** Brings the lists up to date. */
    async update() {
      await aptGet(['-q', '-o', 'APT::Update::Error-Mode=any', 'update'], root);
    },
    /**
     * The files apt would choose for these package names, in the order of the names.
     * @param {readonly string[]} names
     * @returns {Promise<DebFile[]>}
     */
    async find(names) {
      // not among the downloads: of a file that is there already apt prints nothing
      const text = await aptGet(['--print-uris', 'download', ...names], root);
      return text.split('\n').flatMap(parseUriLine);
    },
    /**
     * Downloads them into one folder, checked against the signed lists by apt; what is there already is checked and kept.
     * @param {readonly string[]} names
     * @returns {Promise<string>} the folder
     */
    async download(names) {
      await aptGet(['-q', 'download', ...names], archives);
      return archives;
    },
  };
}

/**
 * Runs a program and gives what it printed.
 * @param {string} program
 * @param {readonly string[]} operands
 * @param {string} [cwd]
 * @returns {Promise<string>}
 * @throws when it ends with another code than 0, with the end of what it said
 */
export function run(program, operands, cwd) {
  return new Promise((resolve, reject) => {
    const environment = { ...process.env, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' };
    const child = spawn(program, operands, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let complaint = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (complaint += text));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) return resolve(output);
      const said = (complaint.trim() || output.trim()).split('\n').slice(-8).join('\n');
      reject(new Error(`${program} ${operands.slice(0, 4).join(' ')} … ended with ${String(code)}\n${said}`));
    });
  });
}

async function requireDebian() {
  const missing = "apt and Debian's own packages are needed to build this channel";
  const release = parseKeyValues(await readFile('/etc/os-release', 'utf8').catch(() => ''));
  if (release.get('ID') !== 'debian') throw new NoAptError(`${missing}: this is not Debian`);
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new NoAptError(`${missing}, for linux-64 on linux-64`);
  for (const program of ['/usr/bin/apt-get', '/usr/bin/dpkg-deb']) {
    await access(program).catch(() => {
      throw new NoAptError(`${missing}: ${program} is not there`);
    });
  }
}

/**
 * Copies the machine's sources of Debian itself; those of others are left out, as a dead one would cost minutes.
 * A machine of another release asks its own mirrors for `release`.
 * @param {string} folder
 * @param {string} release
 */
async function writeSources(folder, release) {
  const codename =
    parseKeyValues(await readFile('/etc/os-release', 'utf8')).get('VERSION_CODENAME') ?? release;
  const parts = await readdir('/etc/apt/sources.list.d').catch(() => []);
  const files = ['/etc/apt/sources.list', ...parts.map((name) => `/etc/apt/sources.list.d/${name}`)];
  let found = 0;
  for (const [index, file] of files.entries()) {
    const text = await readFile(file, 'utf8').catch(() => '');
    const isStanzas = file.endsWith('.sources');
    if (!isStanzas && !file.endsWith('.list')) continue;
    const entries = (isStanzas ? text.split(/\n\s*\n/) : text.split('\n')).filter((entry) =>
      isOfSuite(entry, codename),
    );
    if (entries.length === 0) continue;
    found += entries.length;
    const renamed = entries.map((entry) => entry.replace(new RegExp(`\\b${codename}\\b`, 'g'), release));
    const name = `${String(index)}.${isStanzas ? 'sources' : 'list'}`;
    await writeFile(join(folder, name), renamed.join(isStanzas ? '\n\n' : '\n') + '\n');
  }
  if (found === 0) throw new NoAptError(`no source of Debian ${codename} among the machine's apt sources`);
}

/** @param {string} entry @param {string} codename */
function isOfSuite(entry, codename) {
  const lines = entry.split('\n').filter((line) => !line.trimStart().startsWith('#'));
  const words = lines.join(' ').split(/\s+/);
  const isBinary = words[0] === 'deb' || /^Types:.*\bdeb\b(?!-)/m.test(lines.join('\n'));
  const isSuite = words.some(
    (word) => word === codename || word.startsWith(`${codename}-`) || word.startsWith(`${codename}/`),
  );
  return isBinary && isSuite && words.includes('main');
}

/** @param {string} root */
function formatConfiguration(root) {
  return [
    `Dir::State "${root}/state";`,
    `Dir::State::status "${root}/state/status";`,
    `Dir::State::lists "${root}/lists";`,
    `Dir::Cache "${root}/cache";`,
    'Dir::Etc::sourcelist "/dev/null";',
    `Dir::Etc::sourceparts "${root}/sources.d";`,
    'APT::Architecture "amd64";',
    '#clear APT::Architectures;',
    'APT::Architectures "amd64";',
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
    'Acquire::Retries "2";',
    'Acquire::http::Timeout "20";',
    'Acquire::https::Timeout "20";',
    // the machine's hooks are for the machine's own lists and archives
    '#clear APT::Update::Pre-Invoke;',
    '#clear APT::Update::Post-Invoke;',
    '#clear APT::Update::Post-Invoke-Success;',
    '',
  ].join('\n');
}

/** @param {string} line @returns {DebFile[]} */
function parseUriLine(line) {
  const match = /^'([^']+)' (\S+) (\d+) (\S+)$/.exec(line.trim());
  return match === null
    ? []
    : [{ uri: match[1] ?? '', file: match[2] ?? '', size: Number(match[3]), hash: match[4] ?? '' }];
}

/** @param {string} text */
function parseKeyValues(text) {
  return new Map(
    [...text.matchAll(/^(\w+)=(?:"([^"]*)"|(.*))$/gm)].map((match) => [match[1], match[2] ?? match[3]]),
  );
}
