import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, type Ran, SAMPLE } from '../helpers/cli.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { treeOf } from '../helpers/tree.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
const SPECS = ['ladder=1.9', 'greet=1.1', 'activation'];
const PROCESSES = 8;
const ARCHIVE = /\.(?:conda|tar\.bz2)$/;

let server: TestServer;
let home: Home;
beforeEach(async () => {
  server = await startServer(SAMPLE);
  home = makeHome();
});
afterEach(async () => {
  home.remove();
  await server.close();
});

const pkgs = (): string => path.join(home.root, 'pkgs');
const create = (name: string, ...more: readonly string[]): string[] =>
  ['create', '-y', '-n', name, '--override-channels', '-c', server.url].concat(more, SPECS);

/** Every process at once; `kill` may end some of them. */
async function race(kill: (children: readonly ChildProcess[]) => Promise<void>): Promise<readonly Ran[]> {
  const children: ChildProcess[] = [];
  const ends = Array.from({ length: PROCESSES }, (_, index) => {
    const child = spawn(process.execPath, [CLI, ...create(`env${index}`)], {
      env: { ...home.env, NODE_OPTIONS: '--trace-warnings' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    return outcome(child);
  });
  await kill(children);
  return Promise.all(ends);
}

function outcome(child: ChildProcess): Promise<Ran> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

function downloads(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { path: asked, status } of server.requests) {
    if (ARCHIVE.test(asked) && status < 300) counts.set(asked, (counts.get(asked) ?? 0) + 1);
  }
  return counts;
}

/** Whatever is neither an archive, nor a whole package, nor one of the files that every cache has. */
function leftovers(): readonly string[] {
  const rest = readdirSync(pkgs()).filter(
    (name) =>
      !['cache', 'urls', 'urls.txt', 'CACHEDIR.TAG'].includes(name) &&
      !ARCHIVE.test(name) &&
      !existsSync(path.join(pkgs(), name, 'info/repodata_record.json')),
  );
  const indexes = readdirSync(path.join(pkgs(), 'cache'), { recursive: true, encoding: 'utf8' });
  return [...rest, ...indexes.filter((name) => /lock|partial/.test(name))];
}

const WARNING = /warning|deprecat|MaxListeners|unhandled/i;

describe.runIf(isReady)('processes that share a cold cache', () => {
  test('download each package once, all end well, and leave nothing behind', async () => {
    const ran = await race(() => Promise.resolve());
    for (const { code, stderr } of ran) expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const counts = downloads();
    expect(counts.size).toBeGreaterThan(3);
    expect([...counts.values()]).toEqual([...counts].map(() => 1));
    expect(leftovers()).toEqual([]);
    const [first, ...others] = ran.map((_, index) => treeOf(home.prefix(`env${index}`)));
    for (const tree of others) expect([...tree.keys()]).toEqual([...(first?.keys() ?? [])]);
  });

  test.each([1, 2, 3])(
    'survive that three are killed at random moments (%i)',
    async () => {
      const killed = new Set<number>();
      while (killed.size < 3) killed.add(Math.floor(Math.random() * PROCESSES));
      const ran = await race(async (children) => {
        await Promise.all(
          [...killed].map(async (index) => {
            await sleep(200 + Math.random() * 1500);
            children[index]?.kill('SIGKILL');
          }),
        );
      });
      for (const [index, { code, signal, stderr }] of ran.entries()) {
        if (signal === 'SIGKILL') continue;
        expect({ index, code, stderr }).toEqual({ index, code: 0, stderr: '' });
      }
      // The next run continues with what lies there, whatever that is.
      for (const index of killed) {
        const again = await home.tconda(...create(`env${index}`));
        expect(again).toMatchObject({ code: 0 });
        expect(again.stderr).not.toMatch(WARNING);
      }
      expect(leftovers()).toEqual([]);
      const trees = ran.map((_, index) => [...treeOf(home.prefix(`env${index}`)).keys()]);
      for (const tree of trees) expect(tree).toEqual(trees[0]);
      // Of a package that was killed on its way there is one more download, or the rest of one; no others.
      for (const count of downloads().values()) expect(count).toBeLessThanOrEqual(1 + killed.size);
    },
    60_000,
  );
});

/** Without the permissions. */
function contentOf([name, what]: readonly [string, string]): string {
  return `${name} ${what.replace(/^[0-7]+ /, '')}`;
}

describe.runIf(isReady)('a cache that other clients share', () => {
  /** Runs as a user whom permissions mean something to. */
  const runAs = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> => {
    const isRoot = process.getuid?.() === 0;
    if (isRoot) spawnSync('chown', ['-R', '65534:65534', path.dirname(home.directory)]);
    const user = isRoot ? { uid: 65_534, gid: 65_534 } : {};
    return outcome(
      spawn(process.execPath, [CLI, ...args], {
        env: { ...home.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        ...user,
      }),
    );
  };

  test('is used in place where it can’t be written', async () => {
    expect(await home.tconda(...create('first'))).toMatchObject({ code: 0 });
    const shared = path.join(home.directory, 'shared');
    const own = path.join(home.directory, 'own');
    renameSync(pkgs(), shared);
    const before = [...treeOf(shared)];
    spawnSync('chmod', ['-R', 'a-w', shared]);
    server.reset();
    const ran = await runAs(create('second'), { CONDA_PKGS_DIRS: `${shared},${own}` });
    expect(ran).toMatchObject({ code: 0 });
    spawnSync('chmod', ['-R', 'u+w', shared]);
    expect([...downloads()]).toEqual([]);
    expect([...treeOf(shared)].map(contentOf)).toEqual(before.map(contentOf));
    expect(readdirSync(own).filter((name) => name.includes('-'))).toEqual([]);
    expect(treeOf(home.prefix('second')).size).toBe(treeOf(home.prefix('first')).size);
  });

  test('holds archives of others that can be read, which are opened where one may write', async () => {
    expect(await home.tconda(...create('first'))).toMatchObject({ code: 0 });
    const shared = path.join(home.directory, 'shared');
    const own = path.join(home.directory, 'own');
    renameSync(pkgs(), shared);
    for (const name of readdirSync(shared)) {
      if (statSync(path.join(shared, name)).isDirectory() && name !== 'cache') {
        rmSync(path.join(shared, name), { recursive: true });
      }
    }
    chmodSync(shared, 0o555);
    server.reset();
    const ran = await runAs(create('second'), { CONDA_PKGS_DIRS: `${shared},${own}` });
    chmodSync(shared, 0o755);
    expect(ran).toMatchObject({ code: 0 });
    expect([...downloads()]).toEqual([]);
    expect(existsSync(path.join(own, 'ladder-1.9-0/info/repodata_record.json'))).toBe(true);
  });

  test('can be one that conda wrote', async () => {
    expect(await home.tconda(...create('first'))).toMatchObject({ code: 0 });
    // conda: the channel with its platform, other keys in another order, no mark for backups, nothing hidden.
    for (const name of readdirSync(pkgs())) {
      const file = path.join(pkgs(), name, 'info/repodata_record.json');
      if (ARCHIVE.test(name) || name === 'cache' || name === 'CACHEDIR.TAG')
        rmSync(path.join(pkgs(), name), { recursive: true });
      if (!existsSync(file)) continue;
      const record = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
      const channel = String(record['url']).replace(/\/[^/]*$/, '');
      writeFileSync(file, JSON.stringify({ arch: null, platform: null, ...record, channel }));
    }
    server.reset();
    expect(await home.tconda(...create('second'))).toMatchObject({ code: 0 });
    expect([...downloads()]).toEqual([]);
  });

  test('can be one that mamba wrote', async () => {
    expect(await home.tconda(...create('first'))).toMatchObject({ code: 0 });
    const folder = path.join(pkgs(), 'http', new URL(server.url).host.replace(':', '_'));
    for (const name of readdirSync(pkgs())) {
      const file = path.join(pkgs(), name, 'info/repodata_record.json');
      if (!existsSync(file)) continue;
      const { subdir } = JSON.parse(readFileSync(file, 'utf8')) as { readonly subdir: string };
      mkdirSync(path.join(folder, subdir), { recursive: true });
      renameSync(path.join(pkgs(), name), path.join(folder, subdir, name));
    }
    for (const name of readdirSync(pkgs())) if (ARCHIVE.test(name)) rmSync(path.join(pkgs(), name));
    server.reset();
    expect(await home.tconda(...create('second'))).toMatchObject({ code: 0 });
    expect([...downloads()]).toEqual([]);
  });

  test('is one that conda can go on with', async () => {
    expect(await home.tconda(...create('first'))).toMatchObject({ code: 0 });
    const urls = readFileSync(path.join(pkgs(), 'urls.txt'), 'utf8').trim().split('\n');
    const names = readdirSync(pkgs()).filter((name) => ARCHIVE.test(name));
    expect(urls.map((url) => url.slice(url.lastIndexOf('/') + 1)).toSorted()).toEqual(names.toSorted());
    for (const name of names) {
      const folder = path.join(pkgs(), name.replace(ARCHIVE, ''));
      const record: unknown = JSON.parse(
        readFileSync(path.join(folder, 'info/repodata_record.json'), 'utf8'),
      );
      const url = urls.find((text) => text.endsWith(`/${name}`));
      // What conda compares before it takes a package: size, digest, origin.
      expect(record).toMatchObject({ fn: name, url, size: statSync(path.join(pkgs(), name)).size });
      expect(record).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown });
      expect(existsSync(path.join(folder, 'info/index.json'))).toBe(true);
    }
  });
});
