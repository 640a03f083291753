// Linking: whole environments made, changed and removed, the whole process.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { makeSmallFiles, SMALL_FILES } from '../lib/channel-of-small-files.mjs';
import { findProgram } from '../lib/measure.mjs';
import { ROOT } from '../lib/run.mjs';
import { measureChannel } from './install/measure-channel.mjs';
import { formatInstall } from './install/table.mjs';

const PEERS = ['micromamba', 'conda', 'pixi', 'rattler'];

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code
 */
export async function bench(args) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      repeat: { type: 'string', default: '3' },
      only: { type: 'string', default: '' },
      // On the disk that is to be measured.
      scratch: { type: 'string', default: tmpdir() },
      json: { type: 'boolean', default: false },
    },
  });
  const library = await import(pathToFileURL(path.join(ROOT, 'dist/index.js')).href);
  const synthetic = path.join(ROOT, 'node_modules/.cache/tconda/bench-install-channel');
  if (!existsSync(synthetic)) await makeSmallFiles(synthetic, library);
  const work = mkdtempSync(path.join(values.scratch, 'tconda-bench-'));
  const repeat = Number(values.repeat);
  /** @type {Row[]} */
  const rows = [];
  try {
    const all = Array.from({ length: SMALL_FILES.packages }, (_, index) => `part-${index}`);
    const channels = [
      {
        name: 'debian',
        directory: path.join(ROOT, 'channels/debian/build'),
        create: ['python', 'numpy'],
        update: { from: ['python', 'libblas=*=*netlib'], to: ['libblas=*=*openblas', 'numpy'] },
      },
      {
        name: 'synthetic',
        directory: synthetic,
        create: all,
        update: { from: all.map((name) => `${name}=1.0`), to: all.map((name) => `${name}=2.0`) },
      },
    ].filter(({ name, directory }) => name.startsWith(values.only) && existsSync(directory));
    for (const channel of channels) rows.push(...(await measureChannel(channel, work, repeat)));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const absent = PEERS.filter((name) => findProgram(name) === undefined);
  process.stdout.write(
    `${values.json ? JSON.stringify({ rows, absent }, undefined, 2) : formatInstall(rows, absent)}\n`,
  );
  return 0;
}

/** @typedef {{ channel: string, what: string, tool: string, seconds: number, best: number, cpu: number, megabytes: number, files: number, against?: string }} Row */
