import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, run, SAMPLE } from '../helpers/cli.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
let server: TestServer;
let home: Home;

const json = async <T>(...args: readonly string[]): Promise<T> => {
  const { stdout } = await home.tconda(...args, '--json');
  return JSON.parse(stdout) as T;
};

beforeAll(async () => {
  if (!isReady) return;
  server = await startServer(SAMPLE);
  home = makeHome();
  mkdirSync(home.directory, { recursive: true });
  writeFileSync(path.join(home.directory, '.condarc'), `channels:\n  - ${server.url}\n`);
  const made = await home.tconda('create', '-y', '-n', 'env', 'ladder=1.9', 'greet=1.1');
  if (made.code !== 0) throw new Error(made.stderr);
});
afterAll(async () => {
  if (!isReady) return;
  await server.close();
  home.remove();
});

describe.runIf(isReady)('what is there and why', () => {
  test('tree shows each package below what needs it, and the other way round', async () => {
    const { stdout } = await home.tconda('tree', '-n', 'env');
    expect(stdout).toContain('greet 1.1');
    const nodes = await json<readonly { name: string; depends: string[]; needed_by: string[] }[]>(
      'tree',
      '-n',
      'env',
    );
    for (const { name, depends } of nodes) {
      for (const other of depends) {
        expect(nodes.find((node) => node.name === other)?.needed_by).toContain(name);
      }
    }
    const leaf = nodes.find(({ needed_by }) => needed_by.length > 0);
    const inverted = await home.tconda('tree', '-n', 'env', '--invert', leaf?.name ?? '');
    for (const name of leaf?.needed_by ?? []) expect(inverted.stdout).toContain(`─ ${name} `);
  });

  test('why: asked for, or needed by what was', async () => {
    const asked = await json<{ requested: string; chains: string[][] }>('why', '-n', 'env', 'ladder');
    expect(asked.requested).toBe('ladder=1.9');
    const nodes = await json<readonly { name: string; needed_by: string[] }[]>('tree', '-n', 'env');
    const needed = nodes.find(({ name, needed_by }) => needed_by.length > 0 && name !== 'ladder')?.name ?? '';
    const { chains } = await json<{ chains: string[][] }>('why', '-n', 'env', needed);
    expect(chains.length).toBeGreaterThan(0);
    for (const chain of chains) expect(chain.at(-1)).toBe(needed);
    const none = await home.tconda('why', '-n', 'env', 'nosuch');
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('PackageNotInstalledError');
  });

  test('outdated names what the channel has newer, and says so by its exit code', async () => {
    const { code, stdout } = await home.tconda('outdated', '-n', 'env', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toContainEqual(expect.objectContaining({ name: 'ladder', version: '1.9' }));
  });

  test('owns and package --which find the package of a file', async () => {
    const meta = path.join(home.prefix('env'), 'conda-meta');
    const [record] = readdirSync(meta).filter((name) => name.startsWith('greet-'));
    const { files } = JSON.parse(readFileSync(path.join(meta, record ?? ''), 'utf8')) as { files: string[] };
    const file = path.join(home.prefix('env'), files[0] ?? '');
    expect((await home.tconda('owns', file)).stdout).toContain(`${file}: greet-1.1`);
    expect((await home.tconda('package', '--which', file)).stdout).toContain('::greet-1.1');
    const own = path.join(home.prefix('env'), 'own.txt');
    writeFileSync(own, 'mine');
    expect((await home.tconda('owns', own)).code).toBe(1);
    expect((await home.tconda('package', '-n', 'env', '--untracked')).stdout).toContain('own.txt');
    rmSync(own);
  });

  test('what pip brought has its place in tree, why, owns and diff', async () => {
    await home.tconda('create', '-y', '-q', '-n', 'pipped', 'greet=1.1');
    const site = path.join(home.prefix('pipped'), 'lib/python3.12/site-packages');
    const install = (name: string, version: string, requires: readonly string[]): void => {
      const info = path.join(site, `${name}-${version}.dist-info`);
      mkdirSync(info, { recursive: true });
      const lines = [
        `Name: ${name}`,
        `Version: ${version}`,
        ...requires.map((one) => `Requires-Dist: ${one}`),
      ];
      writeFileSync(path.join(info, 'METADATA'), `${lines.join('\n')}\n\nRequires-Dist: body\n`);
      writeFileSync(path.join(info, 'RECORD'), `${name}.py,,\n`);
      writeFileSync(path.join(site, `${name}.py`), '');
    };
    install('Top_One', '1.2', [
      'base.two (>=1)',
      'greet[x]>=1.0 ; python_version > "3"',
      'pip; extra == "dev"',
    ]);
    install('base_two', '2', []);
    const shown = await home.tconda('tree', '-n', 'pipped', 'top-one');
    expect(shown.stdout).toContain('top-one 1.2\n├─ base-two 2\n└─ greet 1.1.0\n');
    const why = await home.tconda('why', '-n', 'pipped', 'base-two');
    expect(why.stdout).toBe('base-two 2 was installed by pip\ntop-one 1.2 → [>=1] base-two 2\n');
    const chains = await json<{ chains: string[][] }>('why', '-n', 'pipped', 'greet');
    expect(chains.chains).toEqual([['top-one', 'greet']]);
    const owned = await home.tconda('owns', path.join(site, 'Top_One.py'));
    expect(owned.stdout).toContain('Top_One.py: top-one-1.2-pypi_0');
    const different = await home.tconda('diff', 'pipped', 'env');
    expect(different.stdout).toContain('- top-one 1.2 pypi_0');
  });

  test('owns knows what is gone, and all that is in a folder', async () => {
    const python = path.join(home.prefix('env'), 'bin/python');
    const bin = await json<{ packages: string[] }[]>('owns', path.dirname(python));
    expect(bin[0]?.packages).toContain('python-3.12.7-h2_0_cpython');
    const content = readFileSync(python);
    rmSync(python);
    expect((await home.tconda('owns', python)).stdout).toContain(': python-3.12.7');
    writeFileSync(python, content, { mode: 0o755 });
    const none = await home.tconda('owns', '-n', 'env', 'bin/nosuch');
    expect(none.stderr).toContain(`There is no file ${path.join(home.prefix('env'), 'bin/nosuch')}`);
    expect((await home.tconda('owns', '-n', 'nosuch', 'bin/python')).stderr).toContain(
      'Not a conda environment',
    );
  });

  test('an empty environment is called one, and one change is one line of the history', async () => {
    await home.tconda('create', '-y', '-q', '-n', 'bare');
    expect((await home.tconda('tree', '-n', 'bare')).stdout).toBe(
      `There are no packages in ${home.prefix('bare')}\n`,
    );
    await home.tconda('install', '-y', '-q', '-n', 'bare', 'ladder=1.9');
    await home.tconda('install', '-y', '-q', '-n', 'bare', 'ladder=1.10');
    expect((await home.tconda('history', '-n', 'bare')).stdout).toMatch(
      /\n {5}~ ladder-1\.9-0 → http\S+::ladder-1\.10-0\n/,
    );
  });

  test('outdated looks at what is named alone', async () => {
    const rows = await json<{ name: string }[]>('outdated', '-n', 'env', 'ladder');
    expect(rows.map(({ name }) => name)).toEqual(['ladder']);
    expect((await home.tconda('outdated', '-n', 'env', 'nosuch')).stderr).toContain(
      'PackageNotInstalledError',
    );
  });

  test('doctor tells what is missing and what was altered', async () => {
    const made = await home.tconda('create', '-y', '-n', 'sick', 'greet=1.1');
    expect(made.code).toBe(0);
    const healthy = await home.tconda('doctor', '-n', 'sick');
    expect(healthy.stdout).not.toContain('❌');
    const record = JSON.parse(
      readFileSync(
        path.join(
          home.prefix('sick'),
          'conda-meta',
          readdirSync(path.join(home.prefix('sick'), 'conda-meta')).find((name) =>
            name.startsWith('greet-'),
          ) ?? '',
        ),
        'utf8',
      ),
    ) as { files: string[] };
    const gone = record.files[0] ?? '';
    rmSync(path.join(home.prefix('sick'), gone));
    const { stdout } = await home.tconda('doctor', '-n', 'sick');
    expect(stdout).toMatch(new RegExp(`❌ Missing Files:\n\ngreet-1\\.1[-.\\w]+:\n(  .*\n)*  ${gone}`));
  });

  test('diff compares two environments', async () => {
    const { code, stdout } = await home.tconda('diff', 'env', 'sick');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^- ladder 1\.9 /m);
    expect((await home.tconda('diff', 'env', home.prefix('env'))).code).toBe(0);
  });
});

describe.runIf(isReady)('what was, and can be again', () => {
  test('history, undo and install --revision', async () => {
    const before = await json<readonly { name: string; version: string }[]>('list', '-n', 'env');
    expect((await home.tconda('update', '-y', '-n', 'env', 'ladder')).code).toBe(0);
    const revisions = await json<readonly { rev: number; link: string[] }[]>('history', '-n', 'env');
    expect(revisions.map(({ rev }) => rev)).toEqual([0, 1]);
    const undone = await home.tconda('undo', '-y', '-n', 'env');
    expect(undone.stderr).toBe('');
    expect(await json('list', '-n', 'env')).toEqual(before);
    expect((await home.tconda('install', '-y', '-n', 'env', '--revision', '1')).code).toBe(0);
    expect(await json('list', '-n', 'env')).not.toEqual(before);
    const wrong = await home.tconda('install', '-y', '-n', 'env', '--revision', '99');
    expect(wrong.stderr).toContain('CondaIndexError: no such revision: 99');
    expect(wrong.code).toBe(1);
  });
});

describe.runIf(isReady)('an environment that is there already', () => {
  const names = async (): Promise<readonly string[]> =>
    (await json<readonly { name: string }[]>('list', '-n', 'again')).map(({ name }) => name);

  test('is kept, added to or replaced, as the option says, and twice is as once', async () => {
    expect((await home.tconda('create', '-n', 'again', '--if-missing', 'greet')).code).toBe(0);
    const kept = await home.tconda('create', '-n', 'again', '--if-missing', 'ladder');
    expect([kept.code, await names()]).toEqual([0, expect.not.arrayContaining(['ladder'])]);
    expect((await home.tconda('create', '-n', 'again', '--update-existing', 'ladder')).code).toBe(0);
    expect(await names()).toEqual(expect.arrayContaining(['greet', 'ladder']));
    const twice = await home.tconda('create', '-n', 'again', '--update-existing', 'ladder');
    expect(twice.stdout).toContain('All requested packages already installed');
    expect((await home.tconda('create', '-n', 'again', '--replace', 'ladder')).code).toBe(0);
    expect(await names()).not.toContain('greet');
    const both = await home.tconda('create', '-n', 'again', '--replace', '--if-missing', 'ladder');
    expect(both.code).toBe(2);
    // Nobody says yes to what goes.
    const asked = await home.tconda('create', '-n', 'again', 'greet');
    expect([asked.code, await names()]).toEqual([1, expect.not.arrayContaining(['greet'])]);
  });
});

describe.runIf(isReady)('programs', () => {
  test('exec runs a program of a package and leaves no environment behind', async () => {
    const before = readdirSync(path.join(home.root, 'envs')).toSorted();
    const ran = await home.tconda(
      'exec',
      '--spec',
      'greet',
      'sh',
      '-c',
      'ls "$CONDA_PREFIX/conda-meta"; exit 7',
    );
    expect(ran.stderr).toBe('');
    expect(ran.stdout).toContain('greet-');
    expect(ran.code).toBe(7);
    expect(readdirSync(path.join(home.root, 'envs')).toSorted()).toEqual(before);
  });

  test('shell starts one in the environment', async () => {
    const bin = path.join(home.directory, 'bin');
    mkdirSync(bin, { recursive: true });
    const shell = path.join(bin, 'fake-shell');
    writeFileSync(shell, '#!/bin/sh\necho "$CONDA_PREFIX $1"\n');
    chmodSync(shell, 0o755);
    const ran = await run(process.execPath, [CLI, 'shell', 'env'], { ...home.env, SHELL: shell });
    expect(ran.stdout).toBe(`${home.prefix('env')} -i\n`);
    const hook = await home.tconda('shell', 'hook', '-s', 'bash');
    expect(hook.code).toBe(0);
  });
});

describe.runIf(isReady)('channels', () => {
  test('repoquery search, depends and whoneeds', async () => {
    const search = await home.tconda('repoquery', 'search', 'ladder');
    expect(search.stdout).toMatch(/^ Name +Version +Build +Channel +Subdir/);
    const { result } = await json<{ result: { pkgs: { name: string; version: string }[] } }>(
      'repoquery',
      'depends',
      'greet',
    );
    expect(result.pkgs[0]?.name).toBe('greet');
    const leaf = result.pkgs[1]?.name ?? '';
    const needing = await json<{ result: { pkgs: { name: string }[] } }>('repoquery', 'whoneeds', leaf);
    expect(needing.result.pkgs.map(({ name }) => name)).toContain('greet');
    const tree = await home.tconda('repoquery', 'depends', '--tree', 'greet');
    expect(tree.stdout).toContain(`─ ${leaf} `);
    expect((await home.tconda('repoquery', 'search', 'nosuch')).stdout).toContain(
      'No entries matching "nosuch" found',
    );
  });
});

describe.runIf(isReady)('ways to print', () => {
  test('--json=events: a line for all that happens, the result last', async () => {
    const { stdout } = await home.tconda('create', '-y', '-n', 'events', 'greet', '--json=events');
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; result?: { success: boolean } });
    expect(events.map(({ event }) => event)).toEqual(expect.arrayContaining(['planned', 'linked']));
    expect(events.at(-1)).toMatchObject({ event: 'result', result: { success: true } });
    const failed = await home.tconda('list', '-n', 'nosuch', '--json=events');
    expect(JSON.parse(failed.stdout)).toMatchObject({ event: 'error', error: { code: 'PREFIX_NOT_FOUND' } });
  });

  test('json: true of a file or a variable is the same as --json', async () => {
    const env = { ...home.env, CONDA_JSON: 'true' };
    const ran = await run(process.execPath, [CLI, 'env', 'list'], env);
    expect(JSON.parse(ran.stdout)).toHaveProperty('envs');
    const wrong = await run(process.execPath, [CLI, 'list', '-n', 'nosuch'], env);
    expect(JSON.parse(wrong.stdout)).toHaveProperty('exception_name', 'EnvironmentLocationNotFound');
    expect((await home.tconda('env', 'list', '--console', 'json')).stdout).toContain('"envs"');
  });
});
