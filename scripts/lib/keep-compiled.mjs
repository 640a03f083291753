// Keeps the compiled code of scripts beside them: that of the functions that their usual answers need. What they print goes
// to stdout, and is of no interest.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';

import { ROOT } from './run.mjs';
import { withChannel, writeEnvironment } from './warm-up.mjs';

/**
 * @typedef {import('node:vm').Script} Script
 * @typedef {'list' | 'info' | 'shell' | 'main'} ScriptName
 * @typedef {(argv: readonly string[]) => Promise<number | undefined>} Run
 */
/** @type {{ compileScript: (name: ScriptName) => Script, codeName: (source: string) => string, loadScript: (name: ScriptName, script: Script) => Run }} */
const { compileScript, codeName, loadScript } = createRequire(import.meta.url)(
  path.join(ROOT, 'dist/cli.cjs'),
);
const home = mkdtempSync(path.join(tmpdir(), 'tconda-build-'));
try {
  const root = path.join(home, 'root');
  const prefix = path.join(root, 'envs/some');
  process.env = { HOME: home, PATH: process.env['PATH'], TCONDA_ROOT_PREFIX: root };
  writeEnvironment(prefix);
  writeFileSync(path.join(home, '.condarc'), 'channels:\n  - conda-forge\n');
  await keep('list', [
    ['list', '-n', 'some'],
    ['list', '-p', prefix, '--json'],
    ['list', '-n', 'none'],
  ]);
  await keep('info', [
    ['info'],
    ['env', 'list'],
    ['env', 'list', '--json'],
    ['info', '--base'],
    ['info', '--envs'],
  ]);
  await keep('shell', [
    ['shell.posix', 'activate', 'some'],
    ['shell.posix', 'deactivate'],
  ]);
  await keep('main', (run) =>
    withChannel(home, async (channel, served) => {
      const made = path.join(root, 'envs/made');
      const from = (/** @type {string} */ place) => ['-y', '-p', made, '--override-channels', '-c', place];
      for (const line of [
        ['--help'],
        ['create', '--help'],
        ['create', '--dry-run', ...from(served), 'first'],
        ['create', ...from(channel), 'first'],
        ['install', ...from(channel), 'second', '--json'],
        ['install', ...from(channel), 'second'],
        ['update', ...from(channel), '--all'],
        ['run', '-p', made, 'true'],
        ['search', '--override-channels', '-c', channel, 'first'],
        ['list', '-vv', '-p', made],
        ['remove', '-y', '-p', made, 'second'],
        ['config', '--show'],
        ['env', 'export', '-p', made],
      ]) {
        const code = await run(line);
        if (code !== 0) throw new Error(`tconda ${line.join(' ')} failed`);
      }
    }),
  );
} finally {
  rmSync(home, { recursive: true, force: true });
}

/**
 * @param {ScriptName} script
 * @param {readonly (readonly string[])[] | ((run: Run) => Promise<void>)} use the command lines whose code is kept, or what runs them
 */
async function keep(script, use) {
  const file = path.join(ROOT, 'dist', `${script}.cjs`);
  const code = `${file}.code`;
  rmSync(code, { force: true });
  const source = readFileSync(file, 'latin1').replace(/\/\/[0-9a-f]+$/, '');
  const digest = createHash('sha256').update(source).digest('hex');
  const named = `${source}//${digest}`;
  writeFileSync(file, named);
  // Nothing is forgotten meanwhile. V8 takes no code that was compiled with other settings than its own.
  setFlagsFromString('--no-flush-bytecode');
  const compiled = compileScript(script);
  const run = loadScript(script, compiled);
  if (typeof use === 'function') await use(run);
  else {
    for (const line of use) {
      if ((await run(line)) === undefined) throw new Error(`tconda ${line.join(' ')} is not quick`);
    }
  }
  setFlagsFromString('--flush-bytecode');
  writeFileSync(`${code}.new`, Buffer.concat([Buffer.from(codeName(named)), compiled.createCachedData()]));
  renameSync(`${code}.new`, code);
}
