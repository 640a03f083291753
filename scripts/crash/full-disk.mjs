import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { differences, prefixState } from './prefix-state.mjs';
import { start } from './strace.mjs';

/** Kilobytes that the disk has; the last is enough for all. */
const SIZES = [300, 1_000, 3_000, 5_000, 7_000, 9_000, 11_000, 13_000, 20_000, 60_000];

/**
 * Changes an environment on disks that are too small, up to one that is not. Returns how many there were; 0 where nobody may
 * mount one.
 * @param {{ program: readonly string[], channel: string, failures: string[], recoverPrefix: (prefix: string) => Promise<string> }} options
 */
export async function fillTmpfs({ program, channel, failures, recoverPrefix }) {
  const disk = mkdtempSync(path.join(tmpdir(), 'tconda-full-'));
  let tried = 0;
  try {
    for (const size of SIZES) {
      for (const where of ['all', 'prefix']) {
        if (
          (await start(['mount', '-t', 'tmpfs', '-o', `size=${size}k`, 'tmpfs', disk], process.env)).code !==
          0
        ) {
          process.stdout.write('full disks: not tried, nobody but root may mount one\n');
          return tried;
        }
        try {
          await attempt(size, where, { disk, program, channel, failures, recoverPrefix });
          tried += 1;
        } finally {
          await start(['umount', '-l', disk], process.env);
        }
      }
    }
    return tried;
  } finally {
    rmSync(disk, { recursive: true, force: true });
  }
}

/**
 * @param {number} size
 * @param {string} where whether the cache is on the small disk too
 * @param {{ disk: string, program: readonly string[], channel: string, failures: string[], recoverPrefix: (prefix: string) => Promise<string> }} options
 */
async function attempt(size, where, { disk, program, channel, failures, recoverPrefix }) {
  const home = mkdtempSync(path.join(tmpdir(), 'tconda-full-home-'));
  const prefix = path.join(disk, 'envs/e');
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    TCONDA_ROOT_PREFIX: where === 'all' ? disk : path.join(home, 'root'),
  };
  mkdirSync(path.join(disk, 'envs'));
  /** @param {readonly string[]} args */
  const run = (args) => start([...program, ...args, '-y', '-q', '-p', prefix, '-O', '-c', channel], env);
  const label = `full disk, ${size} kB for ${where}`;
  try {
    const created = await run(['create', 'xz']);
    const before = prefixState(prefix);
    if (created.code !== 0 && before !== undefined)
      failures.push(`${label}: create left something: ${created.stderr}`);
    check(created, label, failures);
    if (created.code !== 0) return;
    const installed = await run(['install', 'sqlite', 'lua']);
    check(installed, label, failures);
    if (existsSync(path.join(prefix, 'conda-meta/.tconda/journal'))) await recoverPrefix(prefix);
    const left = differences(prefixState(prefix), before);
    if (installed.code !== 0 && left.length > 0)
      failures.push(`${label}: not the old one: ${left.join('\n')}`);
    if (installed.code === 0 && left.length === 0) failures.push(`${label}: nothing was installed`);
    if (size >= (SIZES.at(-1) ?? 0) && installed.code !== 0) failures.push(`${label}: ${installed.stderr}`);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/**
 * @param {import('./strace.mjs').Ran} ran
 * @param {string} label
 * @param {string[]} failures
 */
function check(ran, label, failures) {
  if (ran.code !== 0 && !/NoSpaceLeft|ENOSPC/.test(ran.stderr)) failures.push(`${label}: said ${ran.stderr}`);
}
