import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, type Ran, run, SAMPLE } from '../helpers/cli.ts';
import { type EffectsHome, openEffectsHome } from '../helpers/effects-home.ts';
import {
  type Effect,
  NOWHERE,
  optionEffects,
  type Scene,
  type Seen,
} from '../helpers/option-effects/index.ts';
import { copyChannel } from '../helpers/part-of-channel.ts';
import type { TestServer } from '../helpers/server.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
let effects: EffectsHome;
let server: TestServer;
let home: Home;
let scene: Scene = NOWHERE;
let runs = 0;

beforeAll(async () => {
  if (!isReady) return;
  effects = await openEffectsHome();
  ({ server, home } = effects);
  const { at, make, old } = effects;
  scene = { url: server.url, whole: SAMPLE, old, empty: at('empty'), prefix: home.prefix };
  copyChannel(scene.empty, []);
  writeFileSync(at('unknown.yml'), 'no_such_key: 1\n');
  writeFileSync(at('python.yml'), 'dependencies:\n  - python\n');
  writeFileSync(at('chooser.yml'), 'dependencies:\n  - chooser\n');
  writeFileSync(at('links.yml'), 'dependencies:\n  - links\n');
  await effects.fill();
  await make('pruned', '-O', '-c', scene.old, 'meta', 'links');
  await home.tconda('remove', '-y', '--force', '-n', 'pruned', 'meta');
  await make('featured', 'chooser=1.0=fast*');
  await make('filed', '-O', '-c', SAMPLE, 'links');
  await make('clobbering', 'clobber-a=1.0');
  await make('empty');
}, 120_000);
afterAll(async () => {
  if (!isReady) return;
  await effects.close();
});

const observed = new Map<string, Promise<Seen>>();

/** What many options are compared with is the same, and looked at once. */
function observeOnce(effect: Effect, args: readonly string[]): Promise<Seen> {
  if (effect.prepare !== undefined) return observe(effect, args);
  const { before, env, isCold, isTerminal } = effect;
  const key = JSON.stringify([args, before, env, isCold, isTerminal]);
  const known = observed.get(key) ?? observe(effect, args);
  observed.set(key, known);
  return known;
}

async function observe(effect: Effect, args: readonly string[]): Promise<Seen> {
  const name = `run-${runs++}`;
  const place = { prefix: home.prefix(name), directory: path.join(home.directory, name) };
  const pkgs = path.join(place.directory, 'pkgs');
  const fill = (text: string): string =>
    text.replace('$NEW', name).replace('$PREFIX', place.prefix).replace('$DIR', place.directory);
  const env = Object.fromEntries(Object.entries(effect.env ?? {}).map(([key, text]) => [key, fill(text)]));
  const all = { ...home.env, ...env, ...(effect.isCold === true ? { CONDA_PKGS_DIRS: pkgs } : {}) };
  mkdirSync(place.directory);
  for (const line of effect.before ?? []) {
    const first = await run(process.execPath, [CLI, ...line.map(fill)], all, home.directory);
    if (first.code !== 0) throw new Error(`${line.join(' ')}: ${first.stderr}`);
  }
  effect.prepare?.(place);
  const before = server.requests.length;
  const words = [CLI, ...args.map(fill)];
  const ran =
    effect.isTerminal === true
      ? await runInTerminal([process.execPath, ...words], all, home.directory)
      : await run(process.execPath, words, all, home.directory);
  return { ...ran, ...place, pkgs, asked: server.requests.slice(before).map((request) => request.path) };
}

/** Runs a program at a terminal, where every question is answered with no; an endless answer would keep a processor busy. */
function runInTerminal(program: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<Ran> {
  const line = program.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  return run('sh', ['-c', 'yes n | head -n 20 | script -qec "$0" /dev/null', line], env, cwd);
}

const hasScript = spawnSync('script', ['--version']).status === 0;

describe.runIf(isReady)('with the option and without', () => {
  const rows = optionEffects(NOWHERE).flatMap(({ option, commands, isTerminal }, row) =>
    isTerminal === true && !hasScript
      ? []
      : Object.keys(commands).map((command) => ({ option, command, row })),
  );
  test.each(rows)('$command $option', async ({ command, row }) => {
    const effect = optionEffects(scene)[row];
    if (effect === undefined) throw new Error('there is no such row');
    const args = [...command.split(' '), ...(effect.commands[command] ?? [])];
    const without = await observeOnce(effect, [...args, ...(effect.without ?? [])]);
    const given = await observe(effect, [...args, ...(effect.given ?? [effect.option])]);
    expect({ without, shows: effect.shows(without) }).toEqual({ without, shows: false });
    expect({ given, shows: effect.shows(given) }).toEqual({ given, shows: true });
  });
});
