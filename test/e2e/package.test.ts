import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { extractArchive } from '../../src/archive/index.ts';
import { CLI, type Home, makeHome } from '../helpers/cli.ts';
import { makePackage } from '../helpers/make-package.ts';
import { condaMembers, infoMembers, rawTar, rawZip } from '../helpers/raw-archive.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { treeOf } from '../helpers/tree.ts';

let home: Home;
let directory: string;
let server: TestServer;
let conda: string;
const BULK = 3_000_000;

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'tconda-package-'));
  home = makeHome();
  server = await startServer(directory);
  let state = 1;
  const noise = Buffer.from(
    Array.from({ length: BULK }, () => (state = (state * 48_271) % 0x7fffffff) & 255),
  );
  const made = await makePackage(directory, 'sound 1.0 0', {
    files: {
      'lib/bulk': { content: noise },
      'bin/run': { content: '#!/bin/sh\n', mode: 0o755 },
      'lib/link': { link: 'bulk' },
      'var/empty': { directory: true },
    },
    index: { depends: ['python >=3.12'], license: 'MIT' },
    about: { summary: 'a \u001b[31mred\u001b[0m summary' },
  });
  conda = made.file;
});
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  home.remove();
  await server.close();
});

describe.runIf(existsSync(CLI))('package', () => {
  test('list shows the paths', async () => {
    const { stdout, code } = await home.tconda('package', 'list', conda);
    expect({ code, lines: stdout.trim().split('\n') }).toMatchObject({
      code: 0,
      lines: expect.arrayContaining(['bin/run', 'lib/bulk', 'info/index.json']) as unknown,
    });
    const long = await home.tconda('package', 'list', conda, '-v');
    expect(long.stdout).toMatch(/symlink +0777 +0 B {2}lib\/link -> bulk/);
    const json = await home.tconda('package', 'list', conda, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ success: true });
  });

  test('inspect shows the metadata, harmless to a terminal', async () => {
    const { stdout, code } = await home.tconda('package', 'inspect', conda);
    expect(code).toBe(0);
    expect(stdout).toContain('name       sound');
    expect(stdout).toContain('depends    python >=3.12');
    expect(stdout).not.toContain('\u001b');
    const json = await home.tconda('package', 'inspect', conda, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      index: { name: 'sound', license: 'MIT' },
      paths: { paths: expect.arrayContaining([]) as unknown },
    });
  });

  test('inspect of a .conda on a server reads its metadata alone', async () => {
    server.reset();
    const { stdout, code } = await home.tconda(
      'package',
      'inspect',
      `${server.url}/sound-1.0-0.conda`,
      '--json',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ index: { name: 'sound' } });
    const asked = server.requests.map(({ headers, status }) => {
      const [, start = '', end = ''] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
      return { status, bytes: Number(end) - Number(start) + 1 };
    });
    expect(asked.every(({ status }) => status === 206)).toBe(true);
    expect(asked.length).toBeLessThanOrEqual(4);
    expect(asked.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(100_000);
  });

  test('inspect reads the whole where a server has no ranges, and a .tar.bz2', async () => {
    server.failAlways('/sound-1.0-0.conda', { kind: 'no-range' });
    const whole = await home.tconda('package', 'inspect', `${server.url}/sound-1.0-0.conda`);
    expect(whole).toMatchObject({ code: 0, stdout: expect.stringContaining('sound') as unknown });
    server.reset();
    expect(await home.tconda('package', 'transmute', conda, directory)).toMatchObject({ code: 0 });
    const old = await home.tconda('package', 'inspect', `${server.url}/sound-1.0-0.tar.bz2`);
    expect(old).toMatchObject({ code: 0, stdout: expect.stringContaining('sound') as unknown });
    const none = await home.tconda('package', 'inspect', `${server.url}/none-1.0-0.conda`);
    expect(none).toMatchObject({ code: 1, stderr: expect.stringContaining('404') as unknown });
  });

  test('transmute there and back keeps everything, and the bytes', async () => {
    const [one, two, three] = ['one', 'two', 'three'].map((name) => path.join(directory, name));
    expect(await home.tconda('package', 'transmute', conda, one ?? '')).toMatchObject({ code: 0 });
    const bz2 = path.join(one ?? '', 'sound-1.0-0.tar.bz2');
    const options = ['--level', '1'];
    expect(await home.tconda('package', 'transmute', bz2, two ?? '', ...options)).toMatchObject({ code: 0 });
    const back = path.join(two ?? '', 'sound-1.0-0.conda');
    expect(await home.tconda('package', 'transmute', back, three ?? '')).toMatchObject({ code: 0 });
    expect(readFileSync(path.join(three ?? '', 'sound-1.0-0.tar.bz2')).equals(readFileSync(bz2))).toBe(true);
    const trees = await Promise.all(
      [conda, bz2, back].map(async (file, index) => {
        const folder = path.join(directory, `tree${index}`);
        mkdirSync(folder);
        await extractArchive(file, folder);
        return [...treeOf(folder)];
      }),
    );
    expect(trees[1]).toEqual(trees[0]);
    expect(trees[2]).toEqual(trees[0]);
  });

  test('verify tells the sound from what is not', async () => {
    const right = await home.tconda('package', 'verify', conda, '--json');
    expect(JSON.parse(right.stdout)).toMatchObject({ success: true, name: 'sound' });
    const { sha256 } = JSON.parse(right.stdout) as { readonly sha256: string };
    expect(await home.tconda('package', 'verify', conda, '--sha256', sha256)).toMatchObject({ code: 0 });
    expect(await home.tconda('package', 'verify', conda, '--sha256', '0'.repeat(64))).toMatchObject({
      code: 1,
    });

    const renamed = path.join(directory, 'other-1.0-0.conda');
    writeFileSync(renamed, readFileSync(conda));
    expect((await home.tconda('package', 'verify', renamed)).stderr).toContain(
      "the package in it is 'sound-1.0-0'",
    );
    const stowaway = path.join(directory, 'hostile-1.0-0.conda');
    const body = rawTar([{ path: 'lib/stowaway', content: '' }]);
    writeFileSync(stowaway, rawZip(condaMembers(body, rawTar(infoMembers()))));
    expect((await home.tconda('package', 'verify', stowaway)).stderr).toContain("holds 'lib/stowaway'");
    const cut = path.join(directory, 'cut-1.0-0.conda');
    writeFileSync(cut, readFileSync(conda).subarray(0, -100));
    expect(await home.tconda('package', 'verify', cut)).toMatchObject({ code: 1 });
  });
});
