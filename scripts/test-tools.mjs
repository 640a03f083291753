#!/usr/bin/env node
// Installs the programs that some tests run against, where that is this machine's to decide: as root on Debian and its like.
// Says what it does in one line, and nothing when there is nothing to do. Never fails: what is missing has its tests skipped.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';

/** Program and the Debian package that has it. */
const TOOLS = {
  zsh: 'zsh',
  fish: 'fish',
  tcsh: 'tcsh',
  dash: 'dash',
  xonsh: 'xonsh',
  strace: 'strace',
  tmux: 'tmux',
  openssl: 'openssl',
  cph: 'conda-package-handling',
  'docker-registry': 'docker-registry',
};

const folders = (process.env['PATH'] ?? '').split(path.delimiter);
const missing = Object.entries(TOOLS)
  .filter(([program]) => !folders.some((folder) => existsSync(path.join(folder, program))))
  .map(([, name]) => name);
if (missing.length > 0 && process.getuid?.() !== 0) {
  process.stdout.write(`test tools: ${missing.join(', ')} not there: what needs them is left out\n`);
} else if (missing.length > 0) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (/** @type {readonly string[]} */ ...args) =>
    spawnSync('apt-get', ['-qq', ...args], { env, stdio: 'ignore', timeout: 300_000 }).status === 0;
  const install = () => apt('install', '-y', '--no-install-recommends', ...missing);
  const isDone = install() || (apt('update') && install());
  process.stdout.write(
    `test tools: ${missing.join(', ')} ${isDone ? 'installed' : 'not to be had: what needs them is left out'}\n`,
  );
}
