import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { loadPrefix } from '../../src/record/index.ts';
import { CLI, type Home, makeHome, run, SAMPLE } from '../helpers/cli.ts';
import { treeOf } from '../helpers/tree.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
let home: Home;
const prefix = (): string => home.prefix('env');
beforeEach(async () => {
  home = makeHome();
  const made = await home.tconda(
    ...['create', '-y', '-n', 'env', '-O', '-c', SAMPLE, 'python=3.12', 'greet=1.1', 'text-prefix', 'links'],
  );
  if (made.code !== 0) throw new Error(made.stderr);
});
afterEach(() => home.remove());

interface Report {
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly problems: readonly { readonly package: string; readonly details: readonly string[] }[];
  }[];
  readonly fixed?: readonly string[];
}

async function doctor(...args: readonly string[]): Promise<Report> {
  const ran = await home.tconda('doctor', '-n', 'env', '--json', ...args);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(ran.stdout) as Report;
}

function sick(report: Report): readonly string[] {
  return report.checks.filter(({ ok }) => !ok).map(({ name }) => name);
}

/** What does not depend on when it was made, and by which way it came. */
function files(): Record<string, string> {
  const tree = Object.fromEntries(treeOf(prefix()));
  for (const name of Object.keys(tree)) if (/^conda-meta\/(?:history|greet-)/.test(name)) delete tree[name];
  return tree;
}

describe.runIf(isReady)('doctor', () => {
  test('does not miss what python could not compile', async () => {
    const meta = path.join(prefix(), 'conda-meta');
    const file = readdirSync(meta).find((name) => name.startsWith('greet-')) ?? '';
    const record = JSON.parse(readFileSync(path.join(meta, file), 'utf8')) as {
      files: string[];
      paths_data: { paths: object[] };
    };
    const add = (name: string, size?: number): void => {
      record.files.push(name);
      record.paths_data.paths.push({ _path: name, path_type: 'pyc_file', size_in_bytes: size });
    };
    add('lib/never.pyc');
    writeFileSync(path.join(meta, file), JSON.stringify(record));
    expect(sick(await doctor())).toEqual([]);
    add('lib/gone.pyc', 7);
    writeFileSync(path.join(meta, file), JSON.stringify(record));
    const { checks } = await doctor();
    const found = checks.find(({ name }) => name === 'missing-files');
    expect(found?.problems.flatMap(({ details }) => details)).toEqual(['lib/gone.pyc']);
  });

  test('finds and mends missing and altered files and broken records, from the cache', async () => {
    const healthy = files();
    expect(sick(await doctor())).toEqual([]);
    rmSync(path.join(prefix(), 'lib/links/real.txt'));
    appendFileSync(path.join(prefix(), 'bin/text-prefix'), '# changed\n');
    const [record = ''] = readdirSync(path.join(prefix(), 'conda-meta')).filter((name) =>
      name.startsWith('greet-'),
    );
    writeFileSync(path.join(prefix(), 'conda-meta', record), '{"name": "greet", ');
    expect(sick(await doctor())).toEqual(['altered-files', 'missing-files', 'records']);

    const { checks, fixed } = await doctor('--fix', '--offline');
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(fixed).toEqual([
      'Linked text-prefix again',
      'Linked links again',
      'Wrote the record of greet again',
    ]);
    expect(files()).toEqual(healthy);
    const { records, history } = await loadPrefix(prefix());
    expect(records.find(({ name }) => name === 'greet')?.requested_specs).toEqual(['greet=1.1']);
    expect([...history.keys()].toSorted()).toEqual(['greet', 'links', 'python', 'text-prefix']);
  }, 60_000);

  test('tells two records of one package apart, and those under a wrong name', async () => {
    const meta = path.join(prefix(), 'conda-meta');
    const healthy = files();
    const links = readFileSync(path.join(meta, 'links-1.0-0.json'), 'utf8');
    writeFileSync(path.join(meta, 'links-2.0-0.json'), links.replace('"version": "1.0"', '"version": "2.0"'));
    writeFileSync(path.join(meta, 'wrong-1.0-0.json'), links);
    expect(sick(await doctor())).toEqual(['records']);
    const listed = await home.tconda('list', '-n', 'env', 'links');
    expect(listed.stdout.match(/^links .*/gm)).toEqual([expect.stringContaining('1.0')]);
    expect(listed.stderr).toMatch(
      /warning: .*links-2\.0-0\.json is passed over: that of links 1\.0 is the one/,
    );
    // They are in nobody's way.
    const added = await home.tconda('install', '-y', '-n', 'env', '-O', '-c', SAMPLE, 'modes');
    expect(added.code).toBe(0);
    await home.tconda('remove', '-y', '-n', 'env', 'modes');

    const { checks, fixed } = await doctor('--fix', '--offline');
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(fixed?.map((text) => path.basename(text))).toEqual([
      'wrong-1.0-0.json, which counted for nothing',
      'links-2.0-0.json, which counted for nothing',
    ]);
    expect(files()).toEqual(healthy);
  }, 60_000);

  test('does without a journal that is damaged', async () => {
    const healthy = files();
    const hook = new URL('../helpers/kill-at.mjs', import.meta.url).href;
    const env = { ...home.env, KILL_AT: '40', KILL_BELOW: prefix() };
    const args = [
      '--import',
      hook,
      CLI,
      'install',
      '-y',
      '-n',
      'env',
      '-O',
      '-c',
      SAMPLE,
      'links',
      '--force-reinstall',
    ];
    expect((await run(process.execPath, args, env)).signal).toBe('SIGKILL');
    writeFileSync(path.join(prefix(), 'conda-meta/.tconda/journal'), '\0\0\0');
    expect((await home.tconda('list', '-n', 'env')).stderr).toContain('tconda doctor --fix');
    expect(sick(await doctor())).toContain('unfinished');
    const { checks, fixed } = await doctor('--fix', '--offline');
    expect(fixed).toContainEqual(expect.stringContaining('its journal is damaged or gone'));
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    const now = files();
    for (const name of Object.keys(now)) if (name.startsWith('conda-meta/unfinished-')) delete now[name];
    expect(now).toEqual(healthy);
  }, 60_000);

  test('mends what was changed through a hard link in the package cache too', async () => {
    const file = path.join(prefix(), 'share/links/data/one.txt');
    const cached = path.join(home.root, 'pkgs/links-1.0-0/share/links/data/one.txt');
    const before = readFileSync(file, 'utf8');
    appendFileSync(file, 'more');
    // Where the disk has no hard links, as if it had.
    writeFileSync(cached, `${before}more`);
    expect(sick(await doctor())).toEqual(['altered-files']);
    const { checks, fixed } = await doctor('--fix');
    expect(fixed).toEqual(['Extracted links again into the package cache', 'Linked links again']);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect([readFileSync(file, 'utf8'), readFileSync(cached, 'utf8')]).toEqual([before, before]);
  }, 60_000);

  test('brings a change to its end that was cut off', async () => {
    const healthy = files();
    const hook = new URL('../helpers/kill-at.mjs', import.meta.url).href;
    const env = { ...home.env, KILL_AT: '40', KILL_BELOW: prefix() };
    const args = ['--import', hook, CLI, 'install', '-y', '-n', 'env', '-O', '-c', SAMPLE, 'python=3.11'];
    expect((await run(process.execPath, args, env)).signal).toBe('SIGKILL');
    expect(sick(await doctor())).toContain('unfinished');
    const { checks, fixed } = await doctor('--fix');
    expect(fixed).toContain('A change that was cut off is taken back');
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
    expect(files()).toEqual(healthy);
  }, 60_000);

  test('tells of what pip did, of files of nobody, and of unmet dependencies', async () => {
    const site = path.join(prefix(), 'lib/python3.12/site-packages');
    mkdirSync(path.join(site, 'greet-9.0.dist-info'));
    writeFileSync(path.join(site, 'greet-9.0.dist-info/METADATA'), 'Name: greet\nVersion: 9.0\n');
    writeFileSync(path.join(site, 'greet-9.0.dist-info/INSTALLER'), 'pip\n');
    writeFileSync(
      path.join(site, 'greet-9.0.dist-info/RECORD'),
      'extra.py,,\ngreet-9.0.dist-info/RECORD,,\n',
    );
    writeFileSync(path.join(site, 'extra.py'), '');
    writeFileSync(path.join(prefix(), 'mine.txt'), '');
    await home.tconda('remove', '-y', '-n', 'env', '--force', 'zlib-like');
    const { checks } = await doctor();
    expect(checks.find(({ name }) => name === 'pip-clobbers')?.problems).toEqual([
      { package: 'greet 1.1.0', details: ['pip: greet 9.0'] },
    ]);
    const unmet = checks.find(({ name }) => name === 'consistency');
    expect(unmet?.problems[0]?.details).toContain('needs zlib-like >=1.3');
    const untracked = await doctor('untracked-files');
    expect(checks.find(({ name }) => name === 'untracked-files')).toEqual(untracked.checks[0]);
    expect(untracked.checks[0]?.problems[0]?.details).toEqual([
      'lib/python3.12/site-packages/greet-9.0.dist-info/INSTALLER',
      'lib/python3.12/site-packages/greet-9.0.dist-info/METADATA',
      'mine.txt',
    ]);

    writeFileSync(path.join(home.directory, '.condarc'), `channels: [${SAMPLE}]\n`);
    const mended = await doctor('--fix', '--offline');
    expect(sick(mended)).toEqual(['untracked-files']);
    expect(mended.fixed).toEqual([
      'Removed greet 9.0, which pip installed over a package of conda',
      expect.stringMatching(/^Installed zlib-like-/),
    ]);
    expect(readdirSync(site).filter((name) => /^greet-9|^extra/.test(name))).toEqual([]);
    expect(readFileSync(path.join(prefix(), 'mine.txt'), 'utf8')).toBe('');
    expect((await loadPrefix(prefix())).history.has('zlib-like')).toBe(false);
  }, 60_000);

  test('says what it lacks where there is neither cache nor channel, and leaves all as it was', async () => {
    const channel = path.join(home.directory, 'channel');
    const away = path.join(home.directory, 'away');
    cpSync(SAMPLE, channel, { recursive: true });
    await home.tconda('remove', '-y', '-n', 'env', '--all');
    await home.tconda('create', '-y', '-n', 'env', '-O', '-c', channel, 'links');
    rmSync(path.join(prefix(), 'lib/links/real.txt'));
    rmSync(path.join(home.root, 'pkgs'), { recursive: true });
    renameSync(channel, away);
    const before = files();
    for (const json of [[], ['--json']]) {
      // oxlint-disable-next-line no-await-in-loop
      const ran = await home.tconda('doctor', '-n', 'env', '--fix', ...json);
      expect(ran.code).toBe(1);
      expect(ran.stdout + ran.stderr).toMatch(/links-1\.0-0/);
      expect(ran.stdout + ran.stderr).not.toMatch(/UnexpectedError|CondaOSError/);
    }
    expect(files()).toEqual(before);
    renameSync(away, channel);
    // And with the channel again.
    expect(sick(await doctor('--fix'))).toEqual([]);
  }, 60_000);

  test('knows its checks by name', async () => {
    const { code, stderr } = await home.tconda('doctor', '-n', 'env', 'missing-file');
    expect([code, stderr]).toEqual([2, expect.stringContaining("There is no check 'missing-file'")]);
    expect((await doctor('missing-files')).checks.map(({ name }) => name)).toEqual(['missing-files']);
  }, 60_000);

  test('lists an environment that is not listed', async () => {
    rmSync(path.join(home.directory, '.conda/environments.txt'));
    expect(sick(await doctor())).toEqual(['environment-txt']);
    expect(sick(await doctor('--fix'))).toEqual([]);
    expect(readFileSync(path.join(home.directory, '.conda/environments.txt'), 'utf8')).toContain(prefix());
  }, 60_000);
});

describe.runIf(isReady)('a frozen environment', () => {
  test('is changed by nobody until it is unfrozen', async () => {
    await home.tconda('freeze', '-n', 'env', '--message', 'ask Kim');
    await home.tconda('create', '-y', '-n', 'other', '-O', '-c', SAMPLE, 'modes');
    for (const command of [
      ['install', '-y', '-n', 'env', '-O', '-c', SAMPLE, 'modes'],
      ['update', '-y', '-n', 'env', '-O', '-c', SAMPLE, '--all'],
      ['remove', '-y', '-n', 'env', 'links'],
      ['remove', '-y', '-n', 'env', '--all'],
      ['create', '-y', '-n', 'env', '-O', '-c', SAMPLE, 'modes'],
      ['create', '-y', '-n', 'env', '--clone', 'other'],
      ['create', '-n', 'env', '--replace', '-O', '-c', SAMPLE, 'modes'],
      ['rename', '-n', 'env', 'another'],
      ['rename', '-n', 'other', 'env', '--yes'],
      ['env', 'remove', '-y', '-n', 'env'],
      ['install', '-y', '-n', 'env', '--revision', '0'],
      ['undo', '-y', '-n', 'env'],
      ['doctor', '-n', 'env', '--fix'],
    ]) {
      const { code, stderr } = await home.tconda(...command);
      expect(`${command[0]} ${code} ${stderr}`).toMatch(/ 1 [^]*EnvironmentIsFrozenError[^]*ask Kim/);
    }
    const args = ['-y', '-n', 'env', '-O', '-c', SAMPLE, 'modes'];
    expect((await home.tconda('install', '--override-frozen', ...args)).code).toBe(0);
    await home.tconda('unfreeze', '-n', 'env');
    expect((await home.tconda('remove', '-y', '-n', 'env', 'modes')).code).toBe(0);
  }, 60_000);
});
