import { existsSync, readdirSync, lstatSync, utimesSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, run, SAMPLE } from '../helpers/cli.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
let home: Home;
beforeAll(() => {
  home = makeHome();
});
afterAll(() => home.remove());

const pkgs = (): string => path.join(home.root, 'pkgs');
const create = (...args: readonly string[]) =>
  home.tconda('create', '-y', '--override-channels', '-c', SAMPLE, ...args);
const packages = (): readonly string[] =>
  readdirSync(pkgs()).filter((name) => existsSync(path.join(pkgs(), name, 'info/index.json')));

/** What `clean` would do, or did. */
async function clean(...args: readonly string[]): Promise<{
  readonly packages: {
    readonly total_size: number;
    readonly pkgs_dirs: Readonly<Record<string, readonly string[]>>;
  };
  readonly in_use: Readonly<Record<string, readonly string[]>>;
}> {
  const { stdout } = await home.tconda('clean', '--packages', '--json', '-y', ...args);
  return JSON.parse(stdout) as never;
}

describe.runIf(isReady)('clean', () => {
  test('keeps what environments use, over whatever kind of link', async () => {
    expect(await create('-n', 'hard', 'zlib-like')).toMatchObject({ code: 0 });
    expect(await create('-n', 'copied', '--copy', 'greet=1.1')).toMatchObject({ code: 0 });
    const env = { ...home.env, CONDA_ALWAYS_SOFTLINK: '1' };
    const args = ['create', '-y', '-n', 'soft', '--override-channels', '-c', SAMPLE, 'activation'];
    expect(await run(process.execPath, [CLI, ...args], env)).toMatchObject({ code: 0 });
    const before = packages();
    const answer = await clean();
    expect(answer.packages.total_size).toBe(0);
    expect(packages()).toEqual(before);
    const used = Object.entries(answer.in_use).map(([file, by]) => [path.basename(file), by] as const);
    expect(Object.fromEntries(used)['activation-1.0-0']).toEqual([home.prefix('soft')]);
    expect(used.map(([name]) => name).toSorted()).toEqual(before.toSorted());
  });

  test('takes what none uses any more, the longest unused first', async () => {
    expect(await create('-n', 'brief', '--copy', 'ladder=1.9')).toMatchObject({ code: 0 });
    expect(await home.tconda('env', 'remove', '-y', '-n', 'brief')).toMatchObject({ code: 0 });
    expect(await home.tconda('env', 'remove', '-y', '-n', 'copied')).toMatchObject({ code: 0 });
    const mark = path.join(pkgs(), 'ladder-1.9-0/info/repodata_record.json');
    utimesSync(mark, 1_600_000_000, 1_600_000_000);

    const old = await clean('--dry-run', '--older-than', '30d');
    expect(Object.values(old.packages.pkgs_dirs)).toEqual([['ladder-1.9-0']]);
    expect(existsSync(mark)).toBe(true);
    const total = readdirSync(pkgs(), { recursive: true, encoding: 'utf8' })
      .filter((name) => !name.startsWith('cache'))
      .map((name) => lstatSync(path.join(pkgs(), name)))
      .reduce((sum, stats) => sum + (stats.isDirectory() ? 0 : stats.size), 0);
    expect((await clean('--max-size', '1GB')).packages.total_size).toBe(0);
    await clean('--max-size', String(total - 1));
    expect(existsSync(mark)).toBe(false);
    expect(packages()).toContain('greet-1.1.0-pyhd_0');
    await clean();
    expect(packages()).not.toContain('greet-1.1.0-pyhd_0');
    expect(packages()).toContain('activation-1.0-0');
  });

  test('refuses an age or a size that is none', async () => {
    expect(await home.tconda('clean', '-p', '--older-than', 'ages')).toMatchObject({ code: 1 });
    expect(await home.tconda('clean', '-p', '--max-size', 'much')).toMatchObject({ code: 1 });
  });
});
