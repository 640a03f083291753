#!/usr/bin/env node
// Brings whatever is missing for running and testing tconda from this folder; what is there is left alone.
//   node scripts/bootstrap.mjs             everything
//   node scripts/bootstrap.mjs --program   only what the command needs: no channels to run on
import path from 'node:path';
import { parseArgs } from 'node:util';

import { hasDependencies } from './lib/dependencies.mjs';
import { withLock } from './lib/lock.mjs';
import { ROOT, run, runOrFail } from './lib/run.mjs';

const { values } = parseArgs({ options: { program: { type: 'boolean' } } });
const NO_APT = 3;
const began = Date.now();

/** @param {string} text */
function say(text) {
  const seconds = ((Date.now() - began) / 1000).toFixed(0).padStart(3);
  process.stdout.write(`[bootstrap ${seconds} s] ${text}\n`);
}

/** @typedef {(pid: number) => void} Hold */

/** @param {Hold} onStart */
async function installDependencies(onStart) {
  if (hasDependencies()) return;
  say('installing dependencies (npm ci)');
  // npm runs `prepare` after it, which is this script again.
  await runOrFail('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    env: { TCONDA_SKIP_PREPARE: '1', npm_config_global: 'false' },
    onStart,
  });
}

/** @param {Hold} onStart */
async function buildChannels(onStart) {
  await runOrFail(process.execPath, ['channels/sample/build.mjs'], { onStart });
  const code = await run(process.execPath, ['channels/debian/build.mjs', '--if-needed'], { onStart });
  if (code === NO_APT) say('this system has no apt: channels/debian is left out');
  else if (code !== 0) throw new Error(`channels/debian/build.mjs failed with exit code ${code}`);
}

async function main() {
  if (process.env['TCONDA_SKIP_PREPARE'] === '1') return;
  await withLock(path.join(ROOT, '.cache/bootstrap.lock'), {
    onWait: (owner) => say(`process ${owner} is bringing what is missing: waiting for it`),
    action: bring,
  });
}

/**
 * The compiler is one large WebAssembly program, on which Node 24 was seen to abort. What is compiled by then is kept.
 * @param {Hold} onStart
 */
async function buildWasm(onStart) {
  for (let left = 2; ; left--) {
    const code = await run(process.execPath, ['native/build.mjs'], { onStart });
    if (code === 0) return;
    if (left === 0 || !ABORTED.has(code)) throw new Error(`native/build.mjs failed with exit code ${code}`);
    say('Node aborted; the compiler goes on where it was');
  }
}

/** Exit codes of SIGILL, SIGTRAP, SIGABRT and SIGSEGV, with which V8 ends a process. */
const ABORTED = new Set([132, 133, 134, 139]);

/** @param {Hold} onStart told of each program that would go on if this one were killed */
async function bring(onStart) {
  await installDependencies(onStart);
  const bundle = () => runOrFail(process.execPath, ['scripts/build.mjs'], { onStart });
  // The solver compiles while the channels download: neither needs the other.
  await Promise.all([
    buildWasm(onStart),
    bundle().then(() => (values.program ? undefined : buildChannels(onStart))),
  ]);
  await bundle();
  say('ready');
}

process.chdir(ROOT);
await main().catch((error) => {
  process.stderr.write(`bootstrap: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
