#!/usr/bin/env node
// The steps of action.yml: `prepare` says what is to be cached under which key, `create` makes the environment.
import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

import { cacheKeys, readInputs } from './inputs.mjs';
import { placeOfProgram, provideProgram } from './program.mjs';

const { env } = process;
/** What is of each process alone, or what the runner lets nobody set. */
const KEPT = /^(?:path|_|shlvl|pwd|oldpwd|node_options|(?:github|runner)_.*)$/i;

try {
  const inputs = JSON.parse(env['ACTION_INPUTS'] ?? '{}');
  const step = { prepare, create }[process.argv[2] ?? ''];
  if (step === undefined) throw new Error('call it with prepare or create');
  step(inputs);
} catch (error) {
  const text = error instanceof Error ? error.message : String(error);
  // How the runner is told, line breaks and all.
  process.stdout.write(
    `::error::${text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}\n`,
  );
  process.exitCode = 1;
}

/** @param {Readonly<Record<string, string>>} inputs */
function prepare(inputs) {
  const root = rootPrefix(inputs);
  const file = environmentFile(inputs);
  const { args } = readInputs(inputs, file);
  const hash = createHash('sha256')
    .update(JSON.stringify(args))
    .update(inputs['condarc'] ?? '')
    .update(file?.text ?? '');
  const platform =
    `${env['RUNNER_OS'] ?? process.platform}-${env['RUNNER_ARCH'] ?? process.arch}`.toLowerCase();
  const digest = hash.digest('hex').slice(0, 16);
  const program = placeOfProgram(inputs, toolsFolder(root));
  const { key, restoreKeys } = cacheKeys(inputs, { platform, digest, now: new Date() });
  tell('GITHUB_OUTPUT', {
    'root-prefix': root,
    'cache-path': path.join(root, 'pkgs'),
    'cache-key': key,
    'cache-restore-keys': restoreKeys.join('\n'),
    'program-path': program.folder,
    'program-key': `tconda-program-${platform}-${program.key}`,
  });
}

/** @param {Readonly<Record<string, string>>} inputs */
function create(inputs) {
  const root = rootPrefix(inputs);
  const condarc = inputs['condarc'] ?? '';
  const { args, name, shells, activates } = readInputs(inputs, environmentFile(inputs));
  mkdirSync(root, { recursive: true });
  if (condarc !== '') writeFileSync(path.join(root, '.condarc'), `${condarc.trimEnd()}\n`);
  const program = provideProgram(inputs, toolsFolder(root), (file, words) => run(file, words, env));
  const call = (/** @type {readonly string[]} */ words) =>
    run(program, words, { ...env, TCONDA_ROOT_PREFIX: root });

  process.stdout.write(`$ tconda ${args.map(withoutSecrets).join(' ')}\n`);
  const made = JSON.parse(call(args));
  const prefix = made.prefix ?? made.actions?.PREFIX ?? path.join(root, 'envs', name);
  if (shells.length > 0) call(['init', ...shells]);
  tell('GITHUB_OUTPUT', { 'environment-path': prefix });
  tell('GITHUB_ENV', { TCONDA_ROOT_PREFIX: root });
  if (!activates) return;
  const after = environmentIn(prefix, root, call);
  const before = new Set((env['PATH'] ?? '').split(path.delimiter));
  const added = String(after['PATH'] ?? after['Path'])
    .split(path.delimiter)
    .filter((folder) => !before.has(folder) && !/[\n\r]/.test(folder));
  // The runner puts each line before those that are there.
  write(
    'GITHUB_PATH',
    added
      .toReversed()
      .map((folder) => `${folder}\n`)
      .join(''),
  );
  const changed = Object.entries(after).filter(
    ([key, value]) => env[key] !== value && /^[\w.()-]+$/.test(key) && !KEPT.test(key),
  );
  tell('GITHUB_ENV', Object.fromEntries(changed));
}

/**
 * The variables of a program that runs in an environment.
 * @param {string} prefix
 * @param {string} root
 * @param {(words: readonly string[]) => string} call tconda
 * @returns {Readonly<Record<string, string>>}
 */
function environmentIn(prefix, root, call) {
  const folder = mkdtempSync(path.join(root, '.activated-'));
  try {
    // Not through its output: scripts of packages may write to that, too.
    const file = path.join(folder, 'env.json');
    const code = "require('fs').writeFileSync(process.argv[1], JSON.stringify(process.env))";
    call(['run', '-p', prefix, process.execPath, '-e', code, file]);
    return JSON.parse(readFileSync(file, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * What may stand in a log: of a URL without its password and token.
 * @param {string} word
 */
function withoutSecrets(word) {
  return word.replace(/(:\/\/)[^/@]*@/, '$1***@').replace(/(\/t\/)[^/]+/, '$1***');
}

/** @param {Readonly<Record<string, string>>} inputs */
function rootPrefix(inputs) {
  const given = inputs['root-prefix'] ?? '';
  return given === ''
    ? path.join(homedir(), 'tconda')
    : path.resolve(given.replace(/^~(?=$|[\\/])/, homedir()));
}

/** @param {string} root */
function toolsFolder(root) {
  return env['RUNNER_TOOL_CACHE'] || path.join(root, 'tools');
}

/**
 * @param {Readonly<Record<string, string>>} inputs
 * @returns {import('./inputs.mjs').EnvironmentFile | undefined}
 */
function environmentFile(inputs) {
  const given = inputs['environment-file'] ?? '';
  if (given === '') return undefined;
  const file = path.resolve(env['GITHUB_WORKSPACE'] ?? '.', given);
  if (!existsSync(file)) throw new Error(`environment-file: there is no ${file}`);
  return { path: file, text: readFileSync(file, 'utf8') };
}

/**
 * Runs a program and gives what it printed.
 * @param {readonly string[]} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} environment
 */
function run([file = '', ...first], args, environment) {
  // There npm is a script of the shell.
  const isShell = process.platform === 'win32' && file === 'npm';
  const words = [...first, ...args];
  const ran = spawnSync(file, isShell ? words.map((word) => `"${word}"`) : words, {
    env: environment,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: isShell,
  });
  if (ran.error !== undefined) throw ran.error;
  if (ran.status !== 0) throw new Error(reasonOf(ran.stdout) ?? `${args[0]} ended with ${ran.status}`);
  return ran.stdout;
}

/** @param {string} output */
function reasonOf(output) {
  try {
    const { error, hint } = JSON.parse(output);
    return [error, hint].filter((text) => typeof text === 'string').join('\n') || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Hands values to the runner, in the form for any text.
 * @param {string} channel
 * @param {Readonly<Record<string, string>>} values
 */
function tell(channel, values) {
  const end = `end-${randomUUID()}`;
  write(
    channel,
    Object.entries(values)
      .map(([key, value]) => `${key}<<${end}\n${value}\n${end}\n`)
      .join(''),
  );
}

/**
 * @param {string} channel
 * @param {string} text
 */
function write(channel, text) {
  const file = env[channel];
  if (file === undefined || file === '') process.stdout.write(text);
  else appendFileSync(file, text);
}
