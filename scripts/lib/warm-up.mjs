// What the program is run on when its compiled code is made: an environment, and a channel on disk and on loopback.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { ROOT } from './run.mjs';

/**
 * An environment as another program left it.
 * @param {string} prefix
 */
export function writeEnvironment(prefix) {
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
 * Has the program, in processes of its own, make a channel of two packages, the second of which needs the first, and serves it
 * meanwhile.
 * @param {string} home where it may write
 * @param {(channel: string, served: string) => Promise<void>} action told the channel's URL on disk and on loopback
 */
export async function withChannel(home, action) {
  const tconda = (/** @type {string[]} */ ...args) =>
    execFileSync(process.execPath, [path.join(ROOT, 'dist/cli.cjs'), ...args], { stdio: 'pipe' });
  const channel = path.join(home, 'channel');
  for (const [name, depends] of /** @type {const} */ ([
    ['first', []],
    ['second', ['first >=1.0,<2']],
  ])) {
    const tree = path.join(home, name);
    mkdirSync(path.join(tree, 'bin'), { recursive: true });
    writeFileSync(path.join(tree, `bin/${name}`), `#!${tree}/bin/some\n`);
    writeFileSync(path.join(tree, `${name}.txt`), name);
    const about = path.join(home, `${name}.json`);
    const index = {
      name,
      version: '1.0',
      build: '0',
      build_number: 0,
      depends,
      subdir: 'noarch',
      license: 'MIT',
    };
    writeFileSync(about, JSON.stringify(index));
    const folder = path.join(channel, 'noarch');
    mkdirSync(folder, { recursive: true });
    tconda('package', 'create', tree, '-m', about, '-o', folder, '--placeholder', tree);
  }
  tconda('index', channel);
  const server = createServer((request, response) => {
    try {
      response.end(readFileSync(path.join(channel, request.url ?? '')));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  try {
    const address = /** @type {import('node:net').AddressInfo} */ (server.address());
    await action(pathToFileURL(channel).href, `http://127.0.0.1:${address.port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
