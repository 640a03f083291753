#!/usr/bin/env node
// Brings whatever is missing for running and testing tconda from this folder; what is there is left alone.
//   node scripts/bootstrap.mjs             everything
//   node scripts/bootstrap.mjs --program   only what the command needs: no channels to run on
import { parseArgs } from 'node:util';

import { hasDependencies } from './lib/dependencies.mjs';
import { ROOT, run, runOrFail } from './lib/run.mjs';

const { values } = parseArgs({ options: { program: { type: 'boolean' } } });
const NO_APT = 3;
const began = Date.now();

/** @param {string} text */
function say(text) {
  const seconds = ((Date.now() - began) / 1000).toFixed(0).padStart(3);
  process.stdout.write(`[bootstrap ${seconds} s] ${text}\n`);
}

async function installDependencies() {
  if (hasDependencies()) return;
  say('installing dependencies (npm ci)');
  // npm runs `prepare` after it, which is this script again.
  await runOrFail('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    env: { TCONDA_SKIP_PREPARE: '1', npm_config_global: 'false' },
  });
}

const buildWasm = () => runOrFail(process.execPath, ['native/build.mjs']);
const bundle = () => runOrFail(process.execPath, ['scripts/build.mjs']);

async function buildChannels() {
  await runOrFail(process.execPath, ['channels/sample/build.mjs']);
  const code = await run(process.execPath, ['channels/debian/build.mjs', '--if-needed']);
  if (code === NO_APT) say('this system has no apt: channels/debian is left out');
  else if (code !== 0) throw new Error(`channels/debian/build.mjs failed with exit code ${code}`);
}

async function main() {
  if (process.env['TCONDA_SKIP_PREPARE'] === '1') return;
  await installDependencies();
  // The solver compiles while the channels download: neither needs the other.
  await Promise.all([buildWasm(), bundle().then(() => (values.program ? undefined : buildChannels()))]);
  await bundle();
  say('ready');
}

process.chdir(ROOT);
await main().catch((error) => {
  process.stderr.write(`bootstrap: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
});
