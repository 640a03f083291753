import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, run, SAMPLE } from '../helpers/cli.ts';
import { treeOf } from '../helpers/tree.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
const HOOK = pathToFileURL(path.resolve(import.meta.dirname, '../helpers/kill-at.mjs')).href;
/** So many of the steps of a command are tried. */
const SAMPLES = 6;
let home: Home;

beforeAll(async () => {
  if (!isReady) return;
  home = makeHome('home', {}, existsSync('/dev/shm') ? { below: '/dev/shm' } : {});
  await home.tconda('create', '-y', '-n', 'env', '-O', '-c', SAMPLE, 'ladder=1.9', 'links');
  await home.tconda('create', '-y', '-n', 'other', '-O', '-c', SAMPLE, 'modes');
  cpSync(home.directory, saved(), { recursive: true, verbatimSymlinks: true });
}, 60_000);
afterAll(() => home.remove());

/** Times, and a mark that means nothing once the original is gone; the next change takes it away. */
const UNIMPORTANT = /^bin\/activate|^conda-meta\/(?:created_at|\.tconda\.copy-of)$/;

function saved(): string {
  return path.join(path.dirname(home.directory), 'saved');
}

/** By name, what is in each environment but its activation files and times; and every other entry where environments are. */
function world(): Record<string, unknown> {
  const envs = path.dirname(home.prefix('env'));
  return Object.fromEntries(
    readdirSync(envs).map((name) => {
      const paths = [...treeOf(path.join(envs, name)).keys()];
      return [name, paths.filter((file) => !UNIMPORTANT.test(file))];
    }),
  );
}

function listed(): readonly string[] {
  const text = readFileSync(path.join(home.directory, '.conda/environments.txt'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => path.basename(line))
    .toSorted();
}

function restore(): void {
  rmSync(home.directory, { recursive: true, force: true });
  cpSync(saved(), home.directory, { recursive: true, verbatimSymlinks: true });
}

const COMMANDS: readonly (readonly string[])[] = [
  ['rename', '-n', 'env', 'new'],
  ['rename', '-n', 'env', 'other', '--yes'],
  ['create', '-y', '-n', 'new', '--clone', 'env'],
  ['env', 'remove', '-y', '-n', 'env'],
  ['exec', '-O', '-c', SAMPLE, '-s', 'links', 'links-tool'],
];

describe.runIf(isReady)(
  'killed at some of its steps, and called again, it leaves nothing but what it does',
  () => {
    test.each(COMMANDS.map((args) => [args.join(' '), args] as const))(
      '%s',
      { timeout: 120_000 },
      async (_, args) => {
        const env = { ...home.env, KILL_BELOW: home.directory, KILL_AT: '0' };
        const log = path.join(path.dirname(home.directory), 'steps');
        const hooked = (more: Record<string, string>): ReturnType<typeof run> =>
          run(process.execPath, ['--import', HOOK, CLI, ...args], { ...env, ...more });
        restore();
        rmSync(log, { force: true });
        expect(await hooked({ KILL_LOG: log })).toMatchObject({ code: 0 });
        const done = world();
        const steps = readFileSync(log, 'utf8').split('\n').length - 1;
        expect(Object.keys(done).every((name) => !name.startsWith('.'))).toBe(true);
        for (let sample = 0; sample < SAMPLES; sample++) {
          // The last ones, where one environment gives way to another, each.
          const at = sample < 3 ? steps - sample * 2 : 1 + Math.floor((steps * (sample - 3)) / (SAMPLES - 3));
          restore();
          expect(await hooked({ KILL_AT: String(at) })).toMatchObject({ signal: 'SIGKILL' });
          const again = await home.tconda(...args);
          expect(`${again.code} ${again.stderr}`).toMatch(/^(?:0 |1 \nEnvironmentLocationNotFound: )/);
          await home.tconda('clean', '-y', '--tempfiles');
          expect(world(), `killed at step ${at} of ${steps}`).toEqual(done);
          expect(listed(), `killed at step ${at} of ${steps}`).toEqual(Object.keys(done).toSorted());
        }
      },
    );
  },
);
