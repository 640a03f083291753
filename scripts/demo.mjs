#!/usr/bin/env node
// Creates an environment with python and numpy, looks at it and computes in it.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { ROOT, run, runOrFail } from './lib/run.mjs';

const CONDA_FORGE = 'https://conda.anaconda.org/conda-forge';
const LOCAL = path.join(ROOT, 'channels/debian/build');
const cli = path.join(ROOT, 'dist/cli.cjs');
const root = path.join(ROOT, '.cache/demo');
const env = {
  TCONDA_ROOT_PREFIX: root,
  CONDA_PKGS_DIRS: path.join(root, 'pkgs'),
  CONDA_ENVS_DIRS: path.join(root, 'envs'),
};

/** @param {readonly string[]} args */
async function tconda(...args) {
  process.stdout.write(`\n$ tconda ${args.map(quote).join(' ')}\n`);
  await runOrFail(process.execPath, [cli, ...args], { env });
}

/**
 * As a shell takes it.
 * @param {string} word
 */
function quote(word) {
  return /[^\w@%+=:,./-]/.test(word) ? `'${word.replaceAll("'", String.raw`'\''`)}'` : word;
}

async function chooseChannel() {
  try {
    const answer = await fetch(`${CONDA_FORGE}/noarch/repodata_shards.msgpack.zst`, {
      method: 'HEAD',
      signal: AbortSignal.timeout(4000),
    });
    if (answer.ok) return 'conda-forge';
  } catch {
    // No way to conda-forge from here: the local channel it is.
  }
  return undefined;
}

const online = await chooseChannel();
const bootstrap = ['scripts/bootstrap.mjs', ...(online ? ['--program'] : [])];
if ((await run(process.execPath, bootstrap)) !== 0) process.exit(1);
if (!online && !existsSync(LOCAL)) {
  process.stderr.write(
    'demo: conda-forge does not answer, and without apt there is no local channel to fall back on\n',
  );
  process.exit(1);
}
const channel = online ?? pathToFileURL(LOCAL).href;
process.stdout.write(
  online
    ? 'Using conda-forge.\n'
    : `conda-forge does not answer: using the local channel, Debian's packages as conda packages (${channel}).\n`,
);

const began = Date.now();
await tconda('create', '-y', '-n', 'demo', '--override-channels', '-c', channel, 'python', 'numpy');
await tconda('list', '-n', 'demo');
const COMPUTE =
  'import sys, numpy; print(sys.version); print(numpy.linalg.inv(numpy.array([[2.0, 1.0], [1.0, 3.0]])))';
await tconda('run', '-n', 'demo', 'python', '-c', COMPUTE);
process.stdout.write(`
Done in ${((Date.now() - began) / 1000).toFixed(1)} s. What to try next, from this folder:

  npm link                                       # puts tconda on your PATH
  export TCONDA_ROOT_PREFIX=${quote(root)}
  tconda install -n demo -c ${quote(channel)} requests  # add a package
  tconda list -n demo --explicit > spec.txt      # write the environment down ...
  tconda create -n copy --file spec.txt          # ... and make it again
  eval "$(tconda shell.bash hook)" && tconda activate demo
  tconda --help
`);
