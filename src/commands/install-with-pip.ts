import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, constants, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

import type { LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { interruptGroup, OWN_GROUP } from '../io/child-group.ts';
import { pythonLayout } from '../model/python-paths.ts';
import { findPythonDistributions, loadPrefix, normalizeDistributionName } from '../record/index.ts';
import { activatedProgram } from './activated-program.ts';
import type { Context } from './command.ts';
import type { PipSection } from './spec-files.ts';

/**
 * Runs the environment's own pip over the lines of each file, in the file's directory, with the environment active. What conda
 * packages brought is held at its version by constraints, unless a line names it.
 * @returns what pip says it installed, `name-version`
 * @throws {TcondaError} `PIP_FAILED`
 */
export async function installWithPip(
  sections: readonly PipSection[],
  config: LoadedConfig,
  context: Context,
): Promise<readonly string[]> {
  const installed: string[] = [];
  for (const section of sections) {
    // oxlint-disable-next-line no-await-in-loop -- two pips would change the same environment
    installed.push(...(await installSection(section, config, context)));
  }
  return installed;
}

async function installSection(
  { directory, lines }: PipSection,
  config: LoadedConfig,
  context: Context,
): Promise<readonly string[]> {
  const data = await loadPrefix(config.targetPrefix);
  const python = data.records.find(({ name }) => name === 'python');
  if (python === undefined) {
    throw new TcondaError('PIP_FAILED', `${config.targetPrefix} has no python for the pip section`, {
      hint: 'List python among the dependencies',
    });
  }
  const distributions = findPythonDistributions(data, config.get('subdir'));
  const constraints = formatConstraints(
    distributions.filter(({ isConda }) => isConda),
    lines,
  );
  const { tmpdir } = context.host;
  const cwd = isWritable(directory) ? directory : tmpdir;
  const id = randomBytes(4).toString('hex');
  const requirementsFile = path.join(cwd, `condaenv.${id}.requirements.txt`);
  const constraintsFile = path.join(tmpdir, `condaenv.${id}.constraints.txt`);
  const executable = path.join(config.targetPrefix, pythonLayout(python, config.get('subdir')).executable);
  try {
    writeFileSync(requirementsFile, `${lines.join('\n')}\n`, { flag: 'wx' });
    writeFileSync(constraintsFile, constraints, { flag: 'wx' });
    const args = ['-m', 'pip', 'install', '-U', '-r', requirementsFile, '-c', constraintsFile];
    return await runPip([executable, ...args, '--exists-action=b'], cwd, config, context);
  } finally {
    rmSync(requirementsFile, { force: true });
    rmSync(constraintsFile, { force: true });
  }
}

/** Versions that pip can read (PEP 440), roughly. */
const VERSION =
  /^(?:\d+!)?\d+(?:\.\d+)*(?:[-_.]?(?:a|b|c|rc|alpha|beta|pre|preview|post|rev|r|dev)[-_.]?\d*)*(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?$/i;

function formatConstraints(
  distributions: readonly { readonly name: string; readonly version: string }[],
  lines: readonly string[],
): string {
  const named = new Set(lines.flatMap((line) => distributionOfLine(line) ?? []));
  return distributions
    .filter(({ name, version }) => VERSION.test(version) && !named.has(name))
    .map(({ name, version }) => `${name}==${version}\n`)
    .join('');
}

/** The distribution that a requirements line begins with; undefined for options and paths. */
function distributionOfLine(line: string): string | undefined {
  const name = /^\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:$|[\s[<>=!~;@,(#])/.exec(line)?.[1];
  return name === undefined ? undefined : normalizeDistributionName(name);
}

async function runPip(
  words: readonly string[],
  cwd: string,
  config: LoadedConfig,
  context: Context,
): Promise<readonly string[]> {
  const { file, args, env } = activatedProgram(words, config, context);
  if (!context.global.quiet) context.say(`Installing pip dependencies: ${words.join(' ')}`);
  context.signal.throwIfAborted();
  const child = spawn(file, args, {
    cwd,
    // What lies in the user's own folder is no part of the environment.
    env: { ...env, PYTHONNOUSERSITE: '1', ...(config.get('offline') ? { PIP_NO_INDEX: '1' } : {}) },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...OWN_GROUP,
  });
  // pip tidies up after Ctrl-C, and after nothing else.
  interruptGroup(child, context.signal);
  const installed: string[] = [];
  const errors: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    const names = /^Successfully installed (.*)$/.exec(line)?.[1];
    if (names !== undefined) installed.push(...names.split(' '));
    if (!context.global.quiet) context.say(line);
  });
  createInterface(child.stderr).on('line', (line) => {
    errors.push(line);
    if (!context.global.quiet) context.warn(line);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  context.signal.throwIfAborted();
  if (code === 0) return installed;
  throw new TcondaError('PIP_FAILED', 'Pip failed', {
    cause: errors.join('\n'),
    data: { exit_code: code, stderr: errors.join('\n') },
  });
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
