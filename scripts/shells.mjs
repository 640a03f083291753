#!/usr/bin/env node
// Installs the shells that tests use, where that is this machine's to decide: as root on Debian and its like. Says what
// it does in one line, and nothing when there is nothing to do. Never fails: without a shell its tests are skipped.
import { spawnSync } from 'node:child_process';

const SHELLS = ['zsh', 'fish', 'tcsh', 'dash', 'xonsh'];

const missing = SHELLS.filter((name) => spawnSync(name, ['-c', 'exit 0']).error !== undefined);
if (missing.length > 0 && process.getuid?.() === 0) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (/** @type {readonly string[]} */ ...args) =>
    spawnSync('apt-get', ['-qq', ...args], { env, stdio: 'ignore', timeout: 300_000 }).status === 0;
  const install = () => apt('install', '-y', '--no-install-recommends', ...missing);
  const isDone = install() || (apt('update') && install());
  process.stdout.write(`shells: ${missing.join(', ')} ${isDone ? 'installed' : 'not to be had'}\n`);
}
