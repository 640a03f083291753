import { mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { type TestEnvironment, withTestEnvironment } from '../helpers/environment.ts';
import { type PackageFile, readTree } from '../helpers/extracted-package.ts';

const placeholder = `/opt/${'p'.repeat(250)}`;
const PATHS = [
  ...['lib/a', 'lib/b', 'lib/sub/c', 'share/x', 'share/deep/er/y', 'bin/tool', 'linked/z', 'top'],
  // Through symlinks that packages bring, and beside their targets.
  ...['lib64/a', 'lib64/sub/d', 'alias/x', 'alias/deep/w'],
];
/** Directories that packages bring as symlinks: all the same in each, as packages do that agree on a layout. */
const LINKS: Readonly<Record<string, string>> = { lib64: 'lib', alias: 'share' };

interface Drawn {
  readonly name: string;
  readonly version: string;
  readonly paths: readonly string[];
  readonly links: readonly string[];
  readonly depends: readonly string[];
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  name: fc.constantFrom('a', 'b', 'c', 'd'),
  version: fc.constantFrom('1', '2'),
  paths: fc.subarray(PATHS, { minLength: 1 }),
  links: fc.subarray(Object.keys(LINKS)),
  depends: fc.subarray(['a', 'b', 'c', 'd']),
});
const set = fc.uniqueArray(drawn, { selector: ({ name }) => name, maxLength: 4 });
/** A user's directory where a symlink goes is a conflict that nobody can settle. */
const OF_USERS = PATHS.filter((file) => !(parentOf(file) in LINKS));
const userFiles = fc.subarray([...OF_USERS, 'lib/mine', 'home/notes'], { maxLength: 4 });

function parentOf(file: string): string {
  return file.split('/', 1)[0] ?? '';
}

/** A prefix of a user, with a directory that is a symlink, and these files. */
function setUp(env: TestEnvironment, files: readonly string[]): void {
  mkdirSync(path.join(env.prefix, 'real'), { recursive: true });
  writeFileSync(path.join(env.prefix, 'real', 'keep'), 'keeps the directory');
  symlinkSync('real', path.join(env.prefix, 'linked'));
  for (const file of files) {
    mkdirSync(path.dirname(path.join(env.prefix, file)), { recursive: true });
    writeFileSync(path.join(env.prefix, file), `the user's ${file}`);
  }
}

function make(env: TestEnvironment, one: Drawn) {
  const paths = one.paths.filter((file) => !one.links.some((link) => file.startsWith(`${link}/`)));
  const files = paths.map((file): readonly [string, PackageFile] => {
    const content = `${one.name} ${one.version} ${file}`;
    if (file === 'bin/tool') {
      return [
        file,
        { content: `${placeholder} ${content}`, prefix_placeholder: placeholder, file_mode: 'text' },
      ];
    }
    return [file, file === 'lib/b' ? { link: content } : content];
  });
  for (const link of one.links) files.push([link, { link: LINKS[link] ?? '' }]);
  // Other files are another build.
  const build = [...one.depends, ...one.links, ...one.paths].join('_').replaceAll('/', '');
  rmSync(path.join(env.root, 'pkgs', `${one.name}-${one.version}-${build}`), {
    recursive: true,
    force: true,
  });
  return env.make(`${one.name} ${one.version} ${build}`, {
    files: Object.fromEntries(files),
    depends: one.depends,
  });
}

test('what is linked and unlinked again leaves the prefix as it was', async () => {
  await fc.assert(
    fc.asyncProperty(userFiles, set, set, async (mine, first, second) => {
      await withTestEnvironment(async (env) => {
        setUp(env, mine);
        const before = readTree(env.prefix);
        await env.change(first.map((one) => make(env, one)));
        await env.change(second.map((one) => make(env, one)));
        await env.change([]);
        expect(env.tree()).toEqual(before);
      });
    }),
    { numRuns: 40 },
  );
}, 60_000);

test('what is in the prefix depends on the packages in it, not on how they came', async () => {
  await fc.assert(
    fc.asyncProperty(userFiles, fc.array(set, { maxLength: 3 }), set, async (mine, before, wanted) => {
      await withTestEnvironment(async (env) => {
        setUp(env, mine);
        for (const one of before) {
          // oxlint-disable-next-line no-await-in-loop -- one after the other
          await env.change(one.map((drawnOne) => make(env, drawnOne)));
        }
        await env.change(wanted.map((one) => make(env, one)));
        const byWay = { tree: env.tree(), files: await filesOf(env) };
        rmSync(env.prefix, { recursive: true });
        setUp(env, mine);
        await env.change(wanted.map((one) => make(env, one)));
        expect(byWay).toEqual({ tree: env.tree(), files: await filesOf(env) });
      });
    }),
    { numRuns: 40 },
  );
}, 60_000);

test('every file of a record is there, and the records have every file', async () => {
  await fc.assert(
    fc.asyncProperty(set, set, async (first, second) => {
      await withTestEnvironment(async (env) => {
        await env.change(first.map((one) => make(env, one)));
        await env.change(second.map((one) => make(env, one)));
        const recorded = (await filesOf(env)).flatMap(([, files]) => files.map((file) => placeOf(env, file)));
        expect(recorded.toSorted()).toEqual(Object.keys(env.tree()).toSorted());
      });
    }),
    { numRuns: 30 },
  );
}, 60_000);

/** Where a file is once the symlinks above it are followed. */
function placeOf({ prefix }: TestEnvironment, file: string): string {
  const directory = realpathSync(path.dirname(path.join(prefix, file)));
  return path.relative(realpathSync(prefix), path.join(directory, path.basename(file)));
}

async function filesOf(env: TestEnvironment): Promise<(readonly [string, readonly string[]])[]> {
  const { records } = await env.load();
  return records.map((record) => [record.fn, record.files] as const);
}
