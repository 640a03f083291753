// Whom the same question is asked, and how each is asked.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';

import { findProgram } from '../../lib/measure.mjs';
import { ROOT } from '../../lib/run.mjs';

const CLI = path.join(ROOT, 'dist/cli.cjs');

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {NodeJS.ProcessEnv} env
 * @property {() => void} reset forgets all caches
 * @property {(url: string, names: readonly string[], form: string, offline: boolean) => readonly string[] | undefined} create
 *   the command that solves for `names` and changes nothing; undefined when the tool can't
 */

export const PEERS = ['micromamba', 'conda', 'pixi', 'rattler'];

/**
 * @param {string} work
 * @returns {Tool[]}
 */
export function findTools(work) {
  const tool = (/** @type {string} */ name, /** @type {Tool['create']} */ create) => {
    const home = path.join(work, name);
    const root = path.join(home, 'root');
    const env = {
      PATH: process.env['PATH'],
      HOME: home,
      TCONDA_ROOT_PREFIX: root,
      MAMBA_ROOT_PREFIX: root,
      CONDA_PKGS_DIRS: path.join(root, 'pkgs'),
      RATTLER_CACHE_DIR: path.join(home, 'rattler'),
      PIXI_CACHE_DIR: path.join(home, 'rattler'),
    };
    const reset = () => {
      rmSync(home, { recursive: true, force: true });
      mkdirSync(path.join(root, 'pkgs'), { recursive: true });
    };
    reset();
    return { name, env, reset, create };
  };
  const common = (/** @type {string} */ url, /** @type {string} */ subdirOption) => [
    'create',
    '--json',
    '--dry-run',
    '-y',
    '-n',
    'bench',
    '--override-channels',
    '-c',
    url,
    subdirOption,
    'linux-64',
  ];
  const network = (/** @type {boolean} */ offline) => (offline ? ['--offline'] : []);
  const tools = [
    tool('tconda', (url, names, _, offline) =>
      [process.execPath, CLI].concat(common(url, '--subdir'), network(offline), names),
    ),
  ];
  const [micromamba, conda, pixi, rattler] = PEERS.map(findProgram);
  if (micromamba !== undefined) {
    tools.push(
      tool('micromamba', (url, names, _, offline) =>
        [micromamba, '--no-rc'].concat(common(url, '--platform'), network(offline), names),
      ),
    );
  }
  if (conda !== undefined) {
    tools.push(
      tool('conda', (url, names, _, offline) =>
        [conda].concat(common(url, '--subdir'), network(offline), names),
      ),
    );
  }
  if (pixi !== undefined) {
    tools.push(
      tool('pixi', (url, names, _, offline) =>
        offline
          ? undefined
          : [
              pixi,
              'exec',
              '--force-reinstall',
              '-c',
              url,
              ...names.flatMap((name) => ['-s', name]),
              '--',
              'true',
            ],
      ),
    );
  }
  if (rattler !== undefined) {
    tools.push(
      tool('rattler', (url, names, _, offline) =>
        offline ? undefined : [rattler, 'create', '--dry-run', '--platform', 'linux-64', '-c', url, ...names],
      ),
    );
  }
  return tools;
}
