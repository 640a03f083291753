#!/usr/bin/env node
// Kills the built program at calls of the system (with strace), or lets them fail, and looks whether the environment is then
// exactly the old one or the new one, and whether the next command works:
// npm run crash-test -- [--kills N] [--errors N] [--only SCENARIO] [--lanes N] [--verbose]
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { fillTmpfs } from './crash/full-disk.mjs';
import { differences, prefixState } from './crash/prefix-state.mjs';
import { runInjected, start, SYSCALLS, traceCalls } from './crash/strace.mjs';
import { ROOT, runOrFail } from './lib/run.mjs';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '400' },
    errors: { type: 'string', default: '150' },
    only: { type: 'string' },
    // So many scenarios run beside each other.
    lanes: { type: 'string', default: String(Math.min(availableParallelism(), 6)) },
    verbose: { type: 'boolean' },
  },
});

const BUILT = path.join(ROOT, 'channels/debian/build');
const SCENARIOS = [
  { name: 'create', before: undefined, command: ['create', 'xz', 'sqlite', 'lua'] },
  { name: 'create cold', before: undefined, command: ['create', 'zlib'], isCold: true },
  { name: 'create anew', before: ['lua', 'xz'], command: ['create', 'sqlite', 'lua'] },
  { name: 'install', before: ['python'], command: ['install', 'click', 'jq'] },
  {
    name: 'update',
    before: ['libblas=*=*netlib', 'sqlite'],
    command: ['install', 'libblas=*=*openblas', 'lua'],
  },
  { name: 'remove', before: ['sqlite', 'lua', 'jq'], command: ['remove', 'sqlite', 'lua'] },
].filter(({ name }) => values.only === undefined || name.startsWith(values.only));

/** @typedef {(typeof SCENARIOS)[number]} Scenario */

const begun = Date.now();
const work = mkdtempSync(path.join(tmpdir(), 'tconda-crash-'));
const CHANNEL = path.join(work, 'channel');
const failures = /** @type {string[]} */ ([]);
const total = { kills: 0, errors: 0, full: 0, old: 0, new: 0 };
try {
  await main();
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function main() {
  if (process.platform !== 'linux') throw new Error('strace is only on Linux');
  await start(['strace', '-V'], process.env).catch(() => {
    throw new Error('install strace first');
  });
  if (!existsSync(BUILT)) throw new Error('build the channel first: npm run bootstrap');
  cpSync(BUILT, CHANNEL, { recursive: true, dereference: true });
  await runOrFail(process.execPath, ['scripts/build.mjs']);
  // A build meanwhile must not change what runs. Beside node_modules, where the program finds its packages.
  const dist = path.join(ROOT, 'node_modules/.cache/tconda/crash-dist');
  rmSync(dist, { recursive: true, force: true });
  cpSync(path.join(ROOT, 'dist'), dist, { recursive: true });
  const program = [process.execPath, path.join(dist, 'cli.cjs')];
  const { recoverPrefix } = await import(pathToFileURL(path.join(dist, 'index.js')).href);
  const waiting = [...SCENARIOS];
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await runScenario(next, { program, recoverPrefix });
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Number(values.lanes)) }, lane));
  if (values.only === undefined) {
    total.full = await fillTmpfs({ program, channel: CHANNEL, failures, recoverPrefix });
  }
  for (const failure of failures) process.stdout.write(`FAIL ${failure}\n`);
  const minutes = ((Date.now() - begun) / 60_000).toFixed(1);
  process.stdout.write(
    `${total.kills} kills, ${total.errors} injected errors, ${total.full} full disks; left old: ${total.old}, new: ${total.new}; ` +
      `${failures.length} failed; ${minutes} min\n`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
}

/**
 * @param {Scenario} scenario
 * @param {{ program: string[], recoverPrefix: (prefix: string) => Promise<string> }} tools
 */
async function runScenario(scenario, { program, recoverPrefix }) {
  const began = Date.now();
  const home = path.join(work, scenario.name.replaceAll(' ', '-'));
  mkdirSync(home, { recursive: true });
  const root = path.join(home, 'root');
  const prefix = path.join(root, 'envs', 'e');
  const saved = path.join(home, 'before');
  const env = { PATH: process.env['PATH'], HOME: home, LANG: 'C.UTF-8', TCONDA_ROOT_PREFIX: root };
  /** @param {readonly string[]} args */
  const command = ([verb = '', ...specs]) => {
    const channel = verb === 'remove' ? [] : ['-O', '-c', CHANNEL];
    return [...program, verb, '-y', '-q', '-p', prefix, ...channel, ...specs];
  };
  const restore = async () => {
    rmSync(prefix, { recursive: true, force: true });
    mkdirSync(path.dirname(prefix), { recursive: true });
    // Where a cache fails, another takes its place.
    rmSync(path.join(home, '.conda'), { recursive: true, force: true });
    if (scenario.isCold === true) rmSync(path.join(root, 'pkgs'), { recursive: true, force: true });
    if (!existsSync(saved)) return;
    await must(['cp', '-al', saved, prefix]);
    // What is written in place must not be shared.
    rmSync(path.join(prefix, 'conda-meta'), { recursive: true });
    cpSync(path.join(saved, 'conda-meta'), path.join(prefix, 'conda-meta'), { recursive: true });
  };
  /** @param {readonly string[]} line */
  const must = async (line) => {
    const ran = await start(line, env);
    if (ran.code !== 0) throw new Error(`${line.join(' ')}: ${ran.stderr}`);
    return ran;
  };
  const list = async () => {
    const ran = await start([...program, 'list', '-p', prefix, '--json'], env);
    return ran.code === 0 ? ran.stdout : 'none';
  };

  if (scenario.before !== undefined) {
    await must(command(['create', ...scenario.before]));
    await must(['cp', '-a', prefix, saved]);
  }
  await restore();
  const old = { state: prefixState(prefix), list: await list() };
  await must(command(scenario.command));
  const fresh = { state: prefixState(prefix), list: await list() };
  await restore();
  const traced = await traceCalls(command(scenario.command), {
    env,
    paths: [home],
    log: path.join(home, 'trace'),
  });
  const unlike = differences(prefixState(prefix), fresh.state);
  if (unlike.length > 0)
    throw new Error(`${scenario.name}: not the same twice: ${unlike.join('\n')}${traced.ran.stderr}`);

  /**
   * @param {import('./crash/strace.mjs').Call} call
   * @param {'KILL' | 'EIO' | 'EACCES' | 'ENOSPC'} outcome
   */
  const attempt = async (call, outcome, ever = false) => {
    await restore();
    const ran = await runInjected(command(scenario.command), call, { env, outcome, ever });
    if (outcome === 'KILL') total.kills += ran.code === 137 ? 1 : 0;
    else total.errors += 1;
    const label = `${scenario.name}: ${outcome} at ${call.name} ${call.count} (${call.text.slice(0, 140)})`;
    const seen = await list();
    await recoverPrefix(prefix);
    const now = prefixState(prefix);
    const isOld = differences(now, old.state).length === 0;
    const isNew = differences(now, fresh.state).length === 0;
    total[isOld ? 'old' : 'new'] += 1;
    if (!isOld && !isNew) {
      failures.push(
        `${label}: neither old nor new\n  ${differences(now, old.state).join('\n  ')}\n or\n  ${differences(now, fresh.state).join('\n  ')}`,
      );
    } else if (seen !== (isOld ? old : fresh).list) failures.push(`${label}: a reader saw something else`);
    if (outcome !== 'KILL') {
      if (ran.code === 0 && !isNew) failures.push(`${label}: said that all is well`);
      if (/UnexpectedError|^\s+at /m.test(ran.stderr)) failures.push(`${label}: said ${ran.stderr}`);
    }
    if (isOld || scenario.command[0] === 'create') {
      const again = await start(command(scenario.command), env);
      const left = differences(prefixState(prefix), fresh.state);
      if (again.code !== 0 || left.length > 0)
        failures.push(`${label}: the next command failed: ${again.stderr} ${left.join('\n')}`);
    }
    if (values.verbose) process.stdout.write(`${isOld ? 'old' : isNew ? 'new' : '???'} ${label}\n`);
  };

  // Python compiles in a process of its own, which may die without harm.
  const own = traced.calls.filter(({ text }) => !text.includes('__pycache__'));
  const kills = choose(own, Number(values.kills) / SCENARIOS.length);
  for (const call of kills) await attempt(call, 'KILL');
  // What can only be counted would be what Node does for itself, or python, as well.
  const failing = own.filter(
    ({ kind, ofFile }) => !['write', 'openat', 'rename', 'mkdir'].includes(kind) || ofFile !== undefined,
  );
  const errors = choose(failing, Number(values.errors) / SCENARIOS.length);
  for (const [index, call] of errors.entries()) {
    const outcome = /** @type {const} */ (['EIO', 'EACCES', 'ENOSPC'])[index % 3] ?? 'EIO';
    // A disk that is full stays full.
    await attempt(call, outcome, outcome === 'ENOSPC' && ['mkdir', 'link', 'write'].includes(call.kind));
  }
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  process.stdout.write(`${scenario.name}: ${kills.length} kills, ${errors.length} errors, ${seconds} s\n`);
}

/**
 * About so many of the calls, of every kind, spread over the whole run.
 * @param {readonly import('./crash/strace.mjs').Call[]} calls
 * @param {number} wanted
 */
function choose(calls, wanted) {
  const byKind = Object.keys(SYSCALLS).map((kind) => calls.filter((call) => call.kind === kind));
  const chosen = new Set();
  // Kinds with few calls leave their share to the others.
  let left = wanted;
  const ordered = byKind.filter((some) => some.length > 0).sort((a, b) => a.length - b.length);
  for (const [index, some] of ordered.entries()) {
    const share = Math.min(some.length, Math.round(left / (ordered.length - index)));
    for (let pick = 0; pick < share; pick += 1) chosen.add(some[Math.floor((pick * some.length) / share)]);
    left -= share;
  }
  return /** @type {import('./crash/strace.mjs').Call[]} */ ([...chosen]);
}
