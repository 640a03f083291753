import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type ArchiveFormat, extractArchive, listArchive } from '../../src/archive/index.ts';
import { createPackage, transmutePackage } from '../../src/publish/index.ts';
import { layFiles } from '../helpers/make-package.ts';
import { treeOf } from '../helpers/tree.ts';

const hasCph = spawnSync('cph', ['--help']).status === 0;
if (!hasCph)
  process.stderr.write('no `cph` (package conda-package-handling): archives are not compared with it\n');

let directory: string;
let tree: string;
const FORMATS: readonly ArchiveFormat[] = ['.conda', '.tar.bz2'];
const STEM = 'every-1.0-0';

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'tconda-cph-'));
  tree = path.join(directory, 'tree');
  mkdirSync(tree);
  layFiles(tree, {
    'bin/run': { content: '#!/bin/sh\n', mode: 0o755 },
    'lib/empty': '',
    'lib/block': 'x'.repeat(512),
    'lib/big': { content: Buffer.alloc(3_000_000, 'abcdefghij') },
    'lib/link': { link: 'big' },
    'lib/dangling': { link: '../nowhere/at all' },
    'lib/secret': { content: 'mode', mode: 0o600 },
    'lib/fixed': { content: 'mode', mode: 0o444 },
    'lib/folder': { link: '../share' },
    'lib/far': { link: `../${'far/'.repeat(60)}away` },
    'lib/-dash': 'd',
    'lib/ spaces around ': 's',
    'lib/new\nline and tab\t': 'n',
    'lib/back\\slash': 'b',
    'lib/...': 'dots',
    'lib/e\u0301 \u00e9': 'two spellings',
    'lib/e\u0301': 'one',
    'lib/\u00e9': 'the other',
    'lib/Case': 'upper',
    'lib/case': 'lower',
    'var/empty': { directory: true },
    'lib/only/links/a': { link: '../../big' },
    'lib/only/links/b': { link: 'a' },
    'share/ünï cöde/漢字': 'u',
    [`share/${'long/'.repeat(40)}name`]: 'l',
    [`share/${'n'.repeat(200)}`]: 'n',
    'info/licenses/LICENSE': 'free',
  });
  linkSync(path.join(tree, 'lib/big'), path.join(tree, 'bin/one of two'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function cph(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('cph', args, { encoding: 'utf8' });
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** The members, as the library under `cph` sees them; that program itself learnt to list only later. */
function list(archive: string): readonly string[] {
  const components = archive.endsWith('.conda') ? ['pkg', 'info'] : ['pkg'];
  const { status, stdout, stderr } = spawnSync(python(), ['-c', LIST, archive, ...components], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONIOENCODING: 'utf8' },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as readonly string[];
}

/** The interpreter that `cph` itself runs in, which may not be the first on PATH. */
function python(): string {
  const program = spawnSync('sh', ['-c', 'command -v cph'], { encoding: 'utf8' }).stdout.trim();
  return /^#!(\S+)/.exec(readFileSync(program, 'utf8'))?.[1] ?? 'python3';
}

const LIST = `
import json, sys
from conda_package_streaming.package_streaming import stream_conda_component
json.dump([
    member.name
    for component in sys.argv[2:]
    for _, member in stream_conda_component(sys.argv[1], None, component)
], sys.stdout)
`;

function folder(name: string): string {
  const at = path.join(directory, name);
  mkdirSync(at, { recursive: true });
  return at;
}

async function open(archive: string, name: string): Promise<readonly (readonly [string, string])[]> {
  const at = folder(name);
  await extractArchive(archive, at);
  return [...treeOf(at)];
}

/** Our archive of the tree, in a folder of its own. */
async function ours(format: ArchiveFormat): Promise<string> {
  const index = { name: 'every', version: '1.0', build: '0', subdir: 'noarch', noarch: 'generic' } as const;
  const body = folder('body');
  spawnSync('cp', ['-a', `${tree}/.`, body]);
  rmSync(path.join(body, 'info'), { recursive: true, force: true });
  const info = { 'licenses/LICENSE': 'free', 'test/run_test.sh': 'true\n' };
  const { file } = await createPackage({
    tree: body,
    index,
    info,
    format,
    outputDirectory: folder('ours'),
    level: 3,
  });
  return file;
}

describe.runIf(hasCph).each(FORMATS)('cph and our %s', (format) => {
  test('it lists and extracts what we write', async () => {
    const archive = await ours(format);
    const listed = list(archive);
    const members = await listArchive(archive);
    expect(listed.toSorted()).toEqual(members.map((member) => member.path.replace(/\/$/, '')).toSorted());
    const there = folder(`cph${format}`);
    cph('extract', archive, '--dest', there);
    expect([...treeOf(there)]).toEqual(await open(archive, `own${format}`));
  });

  test('it extracts what we transmute', async () => {
    const made = await transmutePackage(await ours(format), {
      format: format === '.conda' ? '.tar.bz2' : '.conda',
      outputDirectory: folder(`other${format}`),
      level: 3,
    });
    const there = folder(`cph-other${format}`);
    cph('extract', made.file, '--dest', there);
    expect([...treeOf(there)]).toEqual(await open(made.file, `own-other${format}`));
  });

  test('we extract what it writes', async () => {
    const source = folder(`source${format}`);
    await extractArchive(await ours(format), source);
    const out = folder(`theirs${format}`);
    cph('create', source, `${STEM}${format}`, '--out-folder', out);
    expect(existsSync(path.join(out, `${STEM}${format}`))).toBe(true);
    expect(await open(path.join(out, `${STEM}${format}`), `read${format}`)).toEqual([...treeOf(source)]);
  });

  test('we extract what it transmutes', async () => {
    const archive = await ours(format);
    const out = folder(`transmuted${format}`);
    const other = format === '.conda' ? '.tar.bz2' : '.conda';
    writeFileSync(path.join(out, `${STEM}${format}`), readFileSync(archive));
    cph('transmute', path.join(out, `${STEM}${format}`), other, '--out-folder', out);
    const theirs = await open(path.join(out, `${STEM}${other}`), `read-transmuted${format}`);
    expect(theirs).toEqual(await open(archive, `before-transmuted${format}`));
  });
});
