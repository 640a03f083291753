import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { extractArchive } from '../../src/archive/index.ts';
import { CLI, type Home, makeHome, run } from '../helpers/cli.ts';
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

  test.each(['.conda', '.tar.bz2'])('compress packs what extract opened, as %s', async (extension) => {
    const folder = path.join(directory, `opened${extension}`);
    expect(await home.tconda('package', 'extract', conda, folder)).toMatchObject({ code: 0 });
    const file = path.join(directory, `packed${extension}`, `sound-1.0-0${extension}`);
    const level = ['-c', '1', '--compression-threads', '4'];
    expect(await home.tconda('package', 'compress', folder, file, ...level)).toMatchObject({ code: 0 });
    const again = path.join(directory, `again${extension}`);
    expect(await home.tconda('package', 'extract', file, again)).toMatchObject({ code: 0 });
    expect(treeOf(again)).toEqual(treeOf(folder));
    expect(await home.tconda('package', 'verify', file)).toMatchObject({ code: 0 });
    const levelled = path.join(directory, `levelled${extension}`, `sound-1.0-0${extension}`);
    await home.tconda('package', 'compress', folder, levelled, '--compression-level', '22');
    expect(statSync(levelled).size === statSync(file).size).toBe(extension === '.tar.bz2');
  });

  test('compress refuses what holds no package, and a name of no package', async () => {
    const folder = mkdtempSync(path.join(directory, 'plain-'));
    writeFileSync(path.join(folder, 'a'), '');
    const plain = await home.tconda('package', 'compress', folder, path.join(directory, 'a-1-0.conda'));
    expect(plain).toMatchObject({ code: 1, stdout: '' });
    expect(plain.stderr).toContain('info/index.json');
    expect(existsSync(path.join(directory, 'a-1-0.conda'))).toBe(false);
    const zip = await home.tconda('package', 'compress', folder, 'a.zip');
    expect(zip.stderr).toContain("'a.zip' is no name of a package");
    const within = await home.tconda('package', 'compress', folder, path.join(folder, 'a-1-0.conda'));
    expect(within.stderr).toContain('which is packed');
  });

  test('files that no package brought become one, which can be installed elsewhere', async () => {
    await home.tconda('create', '-y', '-q', '-n', 'mine', '--offline');
    const prefix = home.prefix('mine');
    mkdirSync(path.join(prefix, 'bin'), { recursive: true });
    writeFileSync(path.join(prefix, 'bin', 'where'), `#!/bin/sh\necho ${prefix}\n`, { mode: 0o755 });
    const made = await home.tcondaIn(directory, 'package', '-n', 'mine', '--pkg-name', 'Mine');
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toContain(`# prefix: ${prefix}\n# files: 1\n# success\n`);
    const file = path.join(directory, 'mine-0.0-0.tar.bz2');
    expect(await home.tconda('create', '-y', '-q', '-n', 'theirs', '--offline', file)).toMatchObject({
      code: 0,
    });
    const ran = await run(path.join(home.prefix('theirs'), 'bin', 'where'), [], home.env);
    expect(ran.stdout).toBe(`${home.prefix('theirs')}\n`);
    const none = await home.tcondaIn(directory, 'package', '-n', 'theirs');
    expect(none.stderr).toContain('has no files that belong to no package');
    for (const [given, said] of [
      [['--pkg-build', 'x'], "--pkg-build: 'x' is not a number"],
      [['--pkg-name', 'a/b'], 'a/b'],
      [['extrct', 'x'], 'Did you mean extract?'],
    ] as const) {
      // oxlint-disable-next-line no-await-in-loop
      const wrong = await home.tcondaIn(directory, 'package', '-n', 'mine', ...given);
      expect(wrong.code).toBeGreaterThan(0);
      expect(wrong.stderr).toContain(said);
    }
    mkdirSync(path.join(prefix, 'lib/python3.12/site-packages'), { recursive: true });
    writeFileSync(path.join(prefix, 'lib/python3.12/site-packages/one.py'), '');
    const bare = await home.tcondaIn(directory, 'package', '-n', 'mine');
    expect(bare.stderr).toContain('has files in site-packages, but no python');
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

  test('the same tree gives the same bytes, whatever the umask, the times and the order', async () => {
    const files = ['b/run', 'a/text', 'c'];
    const made = files.map((_, turn) => {
      const tree = path.join(directory, `same${turn}`);
      const previous = process.umask([0o022, 0o077, 0o002][turn] ?? 0);
      try {
        mkdirSync(path.join(tree, 'a'), { recursive: true });
        mkdirSync(path.join(tree, 'b'), { recursive: true });
        mkdirSync(path.join(tree, 'empty'));
        for (const file of turn === 1 ? files.toReversed() : files) {
          writeFileSync(path.join(tree, file), file, { mode: file === 'b/run' ? 0o777 : 0o666 });
          utimesSync(path.join(tree, file), 1e9 + turn, 1e9 + turn);
        }
        linkSync(path.join(tree, 'c'), path.join(tree, 'a/hard'));
      } finally {
        process.umask(previous);
      }
      return tree;
    });
    const metadata = path.join(directory, 'same.json');
    writeFileSync(metadata, JSON.stringify({ name: 'same', version: '1', build: '0', subdir: 'noarch' }));
    const outputs = made.map((tree) => `${tree}-made`);
    for (const format of ['conda', 'tar.bz2']) {
      for (const [turn, tree] of made.entries()) {
        const args = ['-m', metadata, '-o', outputs[turn] ?? '', '--format', format];
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        expect(await home.tconda('package', 'create', tree, ...args)).toMatchObject({ code: 0 });
      }
      const [first, ...others] = outputs.map((output) =>
        readFileSync(path.join(output, `same-1-0.${format}`)),
      );
      for (const other of others) expect(first?.equals(other)).toBe(true);
    }
    const archive = path.join(outputs[0] ?? '', 'same-1-0.conda');
    const [open, closed] = [0o002, 0o077].map((umask) => {
      const output = path.join(directory, `same-umask${umask}`);
      const script = `umask ${umask.toString(8)}; exec "$@"`;
      const command = [process.execPath, CLI, 'package', 'transmute', archive, output];
      execFileSync('sh', ['-c', script, 'sh', ...command], { env: home.env, stdio: 'ignore' });
      return readFileSync(path.join(output, 'same-1-0.tar.bz2'));
    });
    expect(open?.equals(closed ?? Buffer.alloc(0))).toBe(true);
  });

  test.each(['list', 'inspect', 'verify', 'extract', 'transmute'])(
    '%s of what is no package says so in a sentence, and leaves nothing',
    async (command) => {
      const cwd = path.join(directory, `odd-${command}`);
      mkdirSync(path.join(cwd, 'folder.conda'), { recursive: true });
      writeFileSync(path.join(cwd, 'empty.conda'), '');
      writeFileSync(path.join(cwd, 'text.tar.bz2'), 'text');
      writeFileSync(path.join(cwd, 'cut-1-0.conda'), readFileSync(conda).subarray(0, 5000));
      const before = readdirSync(cwd);
      const cases: readonly (readonly [string, string])[] = [
        ['none.conda', 'no such file'],
        ['text.tar.bz2/x.conda', 'no such file'],
        ['folder.conda', 'not a file'],
        ['empty.conda', 'the file is empty'],
        ['text.tar.bz2', 'neither a .conda nor a .tar.bz2'],
        ['cut-1-0.conda', 'not a whole one'],
        ['-', 'not read from the standard input'],
        ['', 'name of a package is empty'],
        ['file://elsewhere/x.conda', 'not the URL of a file on this machine'],
        ...(command === 'inspect'
          ? []
          : ([['https://conda.example/x-1-0.conda', 'only be inspected']] as const)),
      ];
      for (const [operand, text] of cases) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other
        const { code, stderr } = await home.tcondaIn(cwd, 'package', command, operand);
        expect({ operand, code, stderr }).toMatchObject({
          code: 1,
          stderr: expect.stringContaining(text) as unknown,
        });
      }
      expect(readdirSync(cwd)).toEqual(before);
    },
  );

  test('create says what is wrong with its input', async () => {
    const cwd = path.join(directory, 'create');
    mkdirSync(path.join(cwd, 'tree/info'), { recursive: true });
    mkdirSync(path.join(cwd, 'good'));
    const sound = { name: 'a', version: '1', build: '0', subdir: 'noarch' };
    const metadata = {
      'sound.json': JSON.stringify(sound),
      'list.json': '[1]',
      'null.json': 'null',
      'cut.json': '{',
      'few.json': '{"name": "a", "version": 1}',
      'types.json': JSON.stringify({ ...sound, depends: 'python' }),
      'path.json': JSON.stringify({ ...sound, name: '../a' }),
      'version.json': JSON.stringify({ ...sound, version: '1/2' }),
    };
    for (const [name, text] of Object.entries(metadata)) writeFileSync(path.join(cwd, name), text);
    const cases: readonly (readonly [readonly string[], string])[] = [
      [['none', '-m', 'sound.json'], 'no such folder'],
      [['sound.json', '-m', 'sound.json'], 'not a folder'],
      [['', '-m', 'sound.json'], 'name of the folder is empty'],
      [['good'], '--metadata is needed'],
      [['good', '-m', 'none.json'], "can't be read as JSON"],
      [['good', '-m', 'cut.json'], "can't be read as JSON"],
      [['good', '-m', 'list.json'], 'lacks name, version, build, subdir'],
      [['good', '-m', 'null.json'], 'lacks name, version, build, subdir'],
      [['good', '-m', 'few.json'], 'lacks version, build, subdir'],
      [['good', '-m', 'types.json'], "'depends'"],
      [['good', '-m', 'path.json'], 'Invalid package name'],
      [['good', '-m', 'version.json'], "can't be the name of a package"],
      [['good', '-m', 'sound.json', '--level', '23'], 'not between 1 and 22'],
      [['good', '-m', 'sound.json', '--level', '0'], 'not between 1 and 22'],
      [['good', '-m', 'sound.json', '-o', 'good/out'], 'which is packed'],
      [['tree', '-m', 'sound.json'], "can't contain the path 'info'"],
    ];
    const before = readdirSync(cwd);
    for (const [args, text] of cases) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const { code, stderr } = await home.tcondaIn(cwd, 'package', 'create', ...args);
      expect({ args, code: code === 0, stderr }).toMatchObject({
        args,
        code: false,
        stderr: expect.stringContaining(text) as unknown,
      });
      expect(stderr).not.toContain('UnexpectedError');
    }
    expect(readdirSync(cwd)).toEqual(before);
  });

  test('extract obeys the settings, and leaves no folder of what it refuses', async () => {
    const parent = path.join(directory, 'refused');
    const args = ['package', 'extract', conda, 'refused/deep/folder'];
    const env = { ...home.env, TCONDA_MAX_PACKAGE_FILES: '3' };
    expect(await run(process.execPath, [CLI, ...args], env, directory)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('more than 3 members') as unknown,
    });
    expect(existsSync(parent)).toBe(false);
    expect(await home.tcondaIn(directory, ...args)).toMatchObject({ code: 0 });
    expect(existsSync(path.join(parent, 'deep/folder/lib/bulk'))).toBe(true);
    expect(await home.tcondaIn(directory, ...args)).toMatchObject({ code: 1 });
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
