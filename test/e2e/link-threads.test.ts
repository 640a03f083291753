import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createPackage, indexChannel } from '../../src/publish/index.ts';
import { CLI, type Home, makeHome } from '../helpers/cli.ts';
import { treeOf } from '../helpers/tree.ts';

const PACKAGES = 70;
const PLACEHOLDER = `/opt/${'placehold_'.repeat(30)}`.slice(0, 255);
const NAMES = Array.from({ length: PACKAGES }, (_, index) => `part-${index}`);

let home: Home;
let channel = '';

/** So many packages that they are linked in threads: plain files, patched ones and symlinks; two packages want one file. */
beforeAll(async () => {
  home = makeHome();
  channel = mkdtempSync(path.join(tmpdir(), 'channel-'));
  for (const name of NAMES) {
    const tree = path.join(channel, 'tree', name);
    mkdirSync(path.join(tree, 'lib', name), { recursive: true });
    for (let file = 0; file < 20; file += 1) {
      writeFileSync(path.join(tree, 'lib', name, `plain-${file}`), `${name} ${file}\n`);
    }
    writeFileSync(path.join(tree, 'lib', name, 'patched'), `home=${PLACEHOLDER}/lib\n`);
    symlinkSync('plain-0', path.join(tree, 'lib', name, 'link'));
    if (name === 'part-1' || name === 'part-2') writeFileSync(path.join(tree, 'lib', 'shared'), name);
    await createPackage({
      tree,
      placeholder: PLACEHOLDER,
      level: 1,
      outputDirectory: path.join(channel, 'noarch'),
      index: { name, version: '1.0', build: '0', subdir: 'noarch', noarch: 'generic' },
    });
  }
  rmSync(path.join(channel, 'tree'), { recursive: true });
  await indexChannel(channel);
});
afterAll(() => {
  home.remove();
  rmSync(channel, { recursive: true });
});

function create(prefix: string): readonly string[] {
  return ['create', '-y', '-q', '-p', prefix, '-O', '-c', channel, ...NAMES];
}

describe.runIf(existsSync(CLI) && availableParallelism() > 1)('packages that are linked in threads', () => {
  test('are what they are when they are linked one by one', async () => {
    const many = path.join(home.directory, 'many-');
    const { code, stderr } = await home.tconda(...create(many));
    expect([code, stderr]).toEqual([
      0,
      'warning: part-1 and part-2 have lib/shared; that of part-1 is used\n',
    ]);
    const few = path.join(home.directory, 'fewer');
    for (let at = 0; at < PACKAGES; at += 35) {
      const specs = NAMES.slice(at, at + 35);
      const verb = at === 0 ? 'create' : 'install';
      expect((await home.tconda(verb, '-y', '-q', '-p', few, '-O', '-c', channel, ...specs)).code).toBe(0);
    }
    const own = (prefix: string): Record<string, string> =>
      Object.fromEntries(
        [...treeOf(prefix)].filter(([file]) => !/^conda-meta\/(?:history|created)/.test(file)),
      );
    const record = (prefix: string): string =>
      readFileSync(path.join(prefix, 'conda-meta/part-7-1.0-0.json'), 'utf8');
    expect(readFileSync(path.join(many, 'lib/part-7/patched'), 'utf8')).toBe(`home=${many}/lib\n`);
    expect(Object.keys(own(many)).toSorted()).toEqual(Object.keys(own(few)).toSorted());
    // The patched file names another path, and only the first had just been fetched.
    const masked = (text: string): string =>
      text.replaceAll(/\s*"(?:sha256_in_prefix|package_tarball_full_path)": .*/g, '');
    expect(masked(record(many))).toEqual(masked(record(few)));
    expect((await home.tconda('doctor', '-p', many, '--json')).code).toBe(0);
  });

  test('are there all or not at all when the process is killed', async () => {
    for (const delay of [150, 250, 300, 350, 400, 500]) {
      const prefix = path.join(home.directory, `killed-${delay}`);
      const child = spawn(process.execPath, [CLI, ...create(prefix)], { env: home.env, stdio: 'ignore' });
      const ended = new Promise((resolve) => child.on('close', resolve));
      await sleep(delay);
      child.kill('SIGKILL');
      await ended;
      const isThere = existsSync(path.join(prefix, 'conda-meta/history'));
      expect((await home.tconda('list', '-p', prefix)).code).toBe(isThere ? 0 : 1);
      expect((await home.tconda(...create(prefix), 'part-0')).code).toBe(0);
      expect((await home.tconda('doctor', '-p', prefix)).code).toBe(0);
    }
  }, 120_000);
});
