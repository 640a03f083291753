// Keeps the compiled code of scripts beside them: that of the functions that their usual answers need. What they print goes
// to stdout, and is of no interest.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { ROOT } from './run.mjs';

/**
 * @typedef {import('node:vm').Script} Script
 * @typedef {'list' | 'info' | 'shell'} ScriptName
 */
/** @type {{ compileScript: (name: ScriptName) => Script, NAME_SIZE: number, loadScript: (name: ScriptName, script: Script) => (argv: readonly string[]) => Promise<number | undefined> }} */
const { compileScript, loadScript, NAME_SIZE } = createRequire(import.meta.url)(
  path.join(ROOT, 'dist/cli.cjs'),
);
const home = mkdtempSync(path.join(tmpdir(), 'tconda-build-'));
try {
  const root = path.join(home, 'root');
  const prefix = path.join(root, 'envs/some');
  process.env = { HOME: home, PATH: process.env['PATH'], TCONDA_ROOT_PREFIX: root };
  writeEnvironment(prefix);
  writeFileSync(path.join(home, '.condarc'), 'channels:\n  - conda-forge\n');
  await keep('list', [
    ['list', '-n', 'some'],
    ['list', '-p', prefix, '--json'],
    ['list', '-n', 'none'],
  ]);
  await keep('info', [
    ['info'],
    ['env', 'list'],
    ['env', 'list', '--json'],
    ['info', '--base'],
    ['info', '--envs'],
  ]);
  await keep('shell', [
    ['shell.posix', 'activate', 'some'],
    ['shell.posix', 'deactivate'],
  ]);
} finally {
  rmSync(home, { recursive: true, force: true });
}

/** @param {string} prefix */
function writeEnvironment(prefix) {
  const meta = path.join(prefix, 'conda-meta');
  mkdirSync(meta, { recursive: true });
  writeFileSync(
    path.join(meta, 'history'),
    '==> 2026-01-01 00:00:00 <==\n+conda-forge/linux-64::zlib-1.3-0\n# update specs: ["zlib"]\n',
  );
  for (const name of ['python', 'zlib']) {
    const channel = 'https://conda.anaconda.org/conda-forge/linux-64';
    const record = {
      name,
      version: '3.13.1',
      build: '0',
      build_number: 0,
      channel,
      url: `${channel}/${name}-3.13.1-0.conda`,
      fn: `${name}-3.13.1-0.conda`,
      subdir: 'linux-64',
      depends: ['libc >=2'],
      md5: '0'.repeat(32),
      files: ['bin/some'],
      paths_data: { paths_version: 1, paths: [{ _path: 'bin/some', path_type: 'hardlink' }] },
      link: { source: '/pkgs/some', type: 1 },
    };
    writeFileSync(path.join(meta, `${name}-3.13.1-0.json`), JSON.stringify(record, undefined, 2));
  }
  const distribution = path.join(prefix, 'lib/python3.13/site-packages/thing-1.dist-info');
  mkdirSync(distribution, { recursive: true });
  writeFileSync(path.join(distribution, 'METADATA'), 'Name: thing\nVersion: 1\n\n');
}

/**
 * @param {ScriptName} script
 * @param {readonly (readonly string[])[]} lines
 */
async function keep(script, lines) {
  const file = path.join(ROOT, 'dist', `${script}.cjs`);
  const code = `${file}.code`;
  rmSync(code, { force: true });
  const source = readFileSync(file, 'latin1').replace(/\/\/[0-9a-f]+$/, '');
  const name = createHash('sha256').update(source).digest('hex').slice(0, NAME_SIZE);
  writeFileSync(file, `${source}//${name}`);
  const compiled = compileScript(script);
  const run = loadScript(script, compiled);
  for (const line of lines) {
    if ((await run(line)) === undefined) throw new Error(`tconda ${line.join(' ')} is not quick`);
  }
  writeFileSync(`${code}.new`, Buffer.concat([Buffer.from(name), compiled.createCachedData()]));
  renameSync(`${code}.new`, code);
}
