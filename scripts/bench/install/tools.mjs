import { mkdirSync } from 'node:fs';
import path from 'node:path';

import { findProgram } from '../../lib/measure.mjs';
import { ROOT } from '../../lib/run.mjs';

const CLI = path.join(ROOT, 'dist/cli.cjs');

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {NodeJS.ProcessEnv} env
 * @property {() => void} reset forgets all caches
 * @property {(verb: 'create' | 'install' | 'remove', prefix: string, url: string, specs: readonly string[]) => string[]} command
 */

/**
 * @param {string} work
 * @param {(place: string) => void} putAway
 * @returns {Tool[]}
 */
export function findTools(work, putAway) {
  const programs = [{ name: 'tconda', program: [process.execPath, CLI] }];
  for (const name of ['micromamba', 'conda']) {
    const found = findProgram(name);
    if (found !== undefined) programs.push({ name, program: [found] });
  }
  return programs.map(({ name, program }) => {
    const home = path.join(work, name);
    const root = path.join(home, 'root');
    const reset = () => {
      putAway(home);
      mkdirSync(path.join(root, 'pkgs'), { recursive: true });
    };
    reset();
    return {
      name,
      reset,
      env: {
        PATH: process.env['PATH'],
        HOME: home,
        TCONDA_ROOT_PREFIX: root,
        MAMBA_ROOT_PREFIX: root,
        CONDA_PKGS_DIRS: path.join(root, 'pkgs'),
      },
      command: (verb, prefix, url, specs) => [
        ...program,
        verb,
        '-y',
        '-q',
        '-p',
        prefix,
        ...(verb === 'remove' ? [] : ['--override-channels', '-c', url]),
        ...specs,
      ],
    };
  });
}
