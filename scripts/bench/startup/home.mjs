import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { ROOT } from '../../lib/run.mjs';
import { run } from './timing.mjs';

export const CLI = path.join(ROOT, 'dist/cli.cjs');
/** How many packages the environment `many` has. */
export const PACKAGES = 200;

/**
 * A root prefix with one environment of many packages, and start files.
 * @param {string} home
 * @returns {NodeJS.ProcessEnv}
 */
export function makeHome(home) {
  const env = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: home,
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    TCONDA_ROOT_PREFIX: path.join(home, 'root'),
  };
  const meta = path.join(home, 'root/envs/many/conda-meta');
  mkdirSync(meta, { recursive: true });
  writeFileSync(path.join(meta, 'history'), '==> 2026-01-01 00:00:00 <==\n');
  for (let number = 0; number < PACKAGES; number += 1) writeRecord(meta, `package-${number}`);
  mkdirSync(path.join(home, 'a/b'), { recursive: true });
  const base = path.join(home, 'root/conda-meta');
  mkdirSync(base);
  writeFileSync(path.join(base, 'history'), '==> 2026-01-01 00:00:00 <==\n');
  run(process.execPath, [CLI, 'init', 'bash', 'zsh', 'fish'], env);
  return env;
}

/**
 * @param {string} meta
 * @param {string} name
 */
function writeRecord(meta, name) {
  const files = Array.from({ length: 100 }, (_, index) => `lib/${name}/file-${index}.py`);
  const record = {
    name,
    version: '1.0',
    build: 'h0_0',
    build_number: 0,
    subdir: 'linux-64',
    fn: `${name}-1.0-h0_0.conda`,
    channel: 'https://conda.anaconda.org/conda-forge/linux-64',
    url: `https://conda.anaconda.org/conda-forge/linux-64/${name}-1.0-h0_0.conda`,
    depends: [],
    constrains: [],
    files,
    paths_data: {
      paths_version: 1,
      paths: files.map((file) => ({
        _path: file,
        path_type: 'hardlink',
        sha256: 'a'.repeat(64),
        size_in_bytes: 9,
      })),
    },
    link: { source: `/pkgs/${name}-1.0-h0_0`, type: 1 },
  };
  writeFileSync(path.join(meta, `${name}-1.0-h0_0.json`), JSON.stringify(record, undefined, 2));
}
