import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { run } from '../helpers/cli.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const TSC = path.join(ROOT, 'node_modules/.bin/tsc');
const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  readonly bin: Readonly<Record<string, string>>;
  readonly man: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly exports: { readonly '.': { readonly types: string; readonly default: string } };
};

function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'tconda-packed-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('what npm packs is the program, its man pages and its licence, and no source', async () => {
  const words = ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'];
  const ran = await run('npm', words, process.env, ROOT);
  const [packed] = JSON.parse(ran.stdout) as [{ readonly files: readonly { readonly path: string }[] }];
  const files = new Set(packed.files.map((file) => file.path));
  const wanted = [
    'LICENSE',
    'README.md',
    'dist/libsolv.wasm',
    'dist/THIRD-PARTY-LICENSES.txt',
    'docs/man/tconda.1',
    ...Object.values(manifest.bin),
    ...manifest.man,
    path.normalize(manifest.exports['.'].default),
  ];
  expect(wanted.filter((file) => !files.has(file))).toEqual([]);
  const others = [...files].filter((file) => !/^(?:dist|docs\/man)\//.test(file));
  expect(others.toSorted()).toEqual(['LICENSE', 'README.md', 'package.json']);
}, 60_000);

test('the licences of all that is bundled come with it', () => {
  const text = readFileSync(path.join(ROOT, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
  const named = [...text.matchAll(/^(@?[\w/-]+) \d[\w.-]* \([\w .()-]+\)(?:, as libsolv\.wasm)?$/gm)].map(
    ([, name]) => name,
  );
  expect(named).toEqual(expect.arrayContaining([...Object.keys(manifest.dependencies), 'libsolv']));
  expect(
    text.match(/Permission is hereby granted|Redistribution and use|Apache License/g)?.length,
  ).toBeGreaterThanOrEqual(named.length);
});

test('a program in TypeScript finds the types of the library where the package says that they are', async () => {
  const folder = makeFolder();
  const installed = path.join(folder, 'node_modules/tconda');
  const others = [...Object.keys(manifest.dependencies), '@types/node', 'undici-types'];
  for (const name of others) {
    const place = path.join(folder, 'node_modules', name);
    mkdirSync(path.dirname(place), { recursive: true });
    symlinkSync(path.join(ROOT, 'node_modules', name), place);
  }
  mkdirSync(installed);
  writeFileSync(path.join(installed, 'package.json'), JSON.stringify(manifest));
  const emit = ['-p', path.join(ROOT, 'tsconfig.build.json'), '--outDir', path.join(installed, 'dist/types')];
  expect(await run(TSC, emit, process.env, ROOT)).toMatchObject({ code: 0, stdout: '' });

  writeFileSync(path.join(folder, 'package.json'), '{"type": "module"}');
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2023',
    strict: true,
    noEmit: true,
    types: ['node'],
  };
  writeFileSync(
    path.join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['program.ts'] }),
  );
  const program = `import { createEnvironment, solve } from 'tconda';
const records = await solve({ specs: ['python'], channels: ['conda-forge'], platform: 'linux-64' });
export const names: readonly string[] = records.map(({ name }) => name);
await createEnvironment({ name: 'demo', specs: ['python'], onEvent: ({ kind }) => console.log(kind) });
// @ts-expect-error
await createEnvironment({ name: 1 });
`;
  writeFileSync(path.join(folder, 'program.ts'), program);
  expect(await run(TSC, ['-p', folder], process.env, folder)).toMatchObject({ code: 0, stdout: '' });
}, 120_000);
