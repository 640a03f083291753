#!/usr/bin/env node
// The steps of action.yml: `prepare` says what is to be cached under which key, `create` makes the environment.
import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

import { cacheKeys, readInputs } from './inputs.mjs';
import { placeOfProgram, provideProgram } from './program.mjs';

const { env } = process;

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
    .update(inputs['condarc'] ?? '');
  if (file !== '') hash.update(readFileSync(file));
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
  mkdirSync(root, { recursive: true });
  if (condarc !== '') writeFileSync(path.join(root, '.condarc'), `${condarc.trimEnd()}\n`);
  const program = provideProgram(inputs, toolsFolder(root), (file, words) => run(file, words, env));
  const { args, name, shells, activates } = readInputs(inputs, environmentFile(inputs));
  const call = (/** @type {readonly string[]} */ words) =>
    run(program, words, { ...env, TCONDA_ROOT_PREFIX: root });

  process.stdout.write(`$ tconda ${args.join(' ')}\n`);
  const made = JSON.parse(call(args));
  const prefix = made.prefix ?? made.actions?.PREFIX ?? path.join(root, 'envs', name);
  if (shells.length > 0) call(['init', ...shells]);
  tell('GITHUB_OUTPUT', { 'environment-path': prefix });
  tell('GITHUB_ENV', { TCONDA_ROOT_PREFIX: root });
  if (!activates) return;
  const code = 'process.stdout.write(JSON.stringify(process.env))';
  const after = JSON.parse(call(['run', '-p', prefix, process.execPath, '-e', code]));
  const before = new Set((env['PATH'] ?? '').split(path.delimiter));
  const added = String(after.PATH ?? after.Path)
    .split(path.delimiter)
    .filter((folder) => !before.has(folder));
  // The runner puts each line before those that are there.
  write(
    'GITHUB_PATH',
    added
      .toReversed()
      .map((folder) => `${folder}\n`)
      .join(''),
  );
  const changed = Object.entries(after).filter(
    ([key, value]) => env[key] !== value && !/^(?:path|_|shlvl|pwd|oldpwd)$/i.test(key),
  );
  tell('GITHUB_ENV', Object.fromEntries(changed));
}

/** @param {Readonly<Record<string, string>>} inputs */
function rootPrefix(inputs) {
  const given = inputs['root-prefix'] ?? '';
  return given === '' ? path.join(homedir(), 'tconda') : path.resolve(given.replace(/^~(?=$|\/)/, homedir()));
}

/** @param {string} root */
function toolsFolder(root) {
  return env['RUNNER_TOOL_CACHE'] || path.join(root, 'tools');
}

/** @param {Readonly<Record<string, string>>} inputs */
function environmentFile(inputs) {
  const given = inputs['environment-file'] ?? '';
  if (given === '') return '';
  const file = path.resolve(env['GITHUB_WORKSPACE'] ?? '.', given);
  if (!existsSync(file)) throw new Error(`environment-file: there is no ${file}`);
  return file;
}

/**
 * Runs a program and gives what it printed.
 * @param {readonly string[]} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} environment
 */
function run([file = '', ...first], args, environment) {
  const ran = spawnSync(file, [...first, ...args], {
    env: environment,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
    shell: process.platform === 'win32' && file === 'npm',
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
