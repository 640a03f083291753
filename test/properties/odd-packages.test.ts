import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { TcondaError } from '../../src/errors.ts';
import type { ExtractedPackage } from '../../src/model/package-files.ts';
import { type TestEnvironment, withTestEnvironment } from '../helpers/environment.ts';
import { type PackageFile, readTree } from '../helpers/extracted-package.ts';

const placeholder = `/opt/${'p'.repeat(250)}`;
const NAMES = ['a', 'b', 'c'] as const;
type Name = (typeof NAMES)[number];

/** What a file system takes and programs stumble over. */
const ODD_PATHS = [
  ...['share/x', 'share/sub/x', 'lib/y', 'bin/tool', 'share/it\'s "q"', 'share/-rf', 'share/$(x) `y`;&|'],
  ...[
    'share/two\nlines',
    'share/ü',
    'share/e\u0301',
    'share/é',
    'share/ in front',
    `share/${'n'.repeat(255)}`,
  ],
  ...['share/tab\t', 'share/道/具', 'share/%f', 'share/*', 'share/.hidden', 'etc/conda/activate.d/x.sh'],
  // In other case, through symlinks, and what can be a file and a directory.
  ...[
    'Share/X',
    'SHARE/x',
    'share/sub',
    'chain/x',
    'chain/sub/x',
    'share/loop/loop/y',
    'out/x',
    'absolute/x',
    'bin',
  ],
  `${'d'.repeat(100)}/${'e'.repeat(100)}/f`,
];
/** Directories that packages bring as symlinks. */
const LINKS: Readonly<Record<string, string>> = {
  chain: 'chain2',
  chain2: 'share',
  'share/loop': '.',
  out: '../..',
  absolute: '/etc',
};
/** What Windows has no form for is refused there. */
const WINDOWS_PATHS = ODD_PATHS.filter((file) => !/["*|;\n\t]/.test(file));

const content = fc.constantFrom<PackageFile>(
  '',
  'text',
  Buffer.from([0, 255, 254, 10, 0]),
  { content: '', prefix_placeholder: placeholder, file_mode: 'text' },
  { content: `#!${placeholder}/bin/x\n`, mode: 0o755, prefix_placeholder: placeholder, file_mode: 'text' },
  { content: `\x7fELF${placeholder}/lib\0rest`, prefix_placeholder: placeholder, file_mode: 'binary' },
  {
    content: Buffer.from(`${placeholder}/wide\0`, 'utf16le'),
    prefix_placeholder: placeholder,
    file_mode: 'binary',
  },
  { content: `${placeholder} without an end`, prefix_placeholder: placeholder, file_mode: 'binary' },
  { content: 'mine alone', no_link: true },
  ...[0o000, 0o400, 0o444, 0o555, 0o711].map((mode) => ({ content: `of mode ${mode}`, mode })),
  { content: placeholder, mode: 0o444, prefix_placeholder: placeholder, file_mode: 'text' },
  { link: 'nowhere' },
  { link: '../lib/y' },
  { link: '/etc/hostname' },
  { link: '.' },
  { link: 'x\ny' },
);

const drawn = fc.record({
  name: fc.constantFrom<Name>(...NAMES),
  version: fc.constantFrom('1', '2'),
  files: fc.dictionary(fc.constantFrom(...ODD_PATHS), content, { maxKeys: 6 }),
  links: fc.subarray(Object.keys(LINKS), { maxLength: 2 }),
  directories: fc.subarray(['share/empty', 'var/lib/nothing', 'share']),
  /** Python code, with these commands. */
  commands: fc.option(fc.subarray(['run = m:f', ' spaced name = m.n : C.f ', 'ü-x = m:f', '-x=m:f']), {
    nil: undefined,
  }),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

const state = fc.record({
  packages: fc.uniqueArray(drawn, { selector: ({ name }) => name, maxLength: 3 }),
  python: fc.constantFrom('3.11.2', '3.12.0', '3.12.0t'),
});
const userFiles = fc.subarray(['share/x', 'share/mine', 'lib/python3.12/site-packages/m_a/__pycache__/mine']);

/** Makes every package of a run another one. */
let builds = 0;

function make(env: TestEnvironment, one: Drawn, subdir: string): ExtractedPackage {
  const isPython = one.commands !== undefined;
  const paths = subdir === 'win-64' ? WINDOWS_PATHS : ODD_PATHS;
  const files: [string, PackageFile][] = Object.entries(one.files).filter(
    ([file]) => paths.includes(file) && !Object.keys(one.files).some((other) => other.startsWith(`${file}/`)),
  );
  if (files.some(([file]) => file === 'bin') && (isPython || files.length > 1)) files.length = 0;
  const links = one.links.filter((link) => !files.some(([file]) => `${file}/`.startsWith(`${link}/`)));
  for (const name of links) files.push([name, { link: LINKS[name] ?? '' }]);
  for (const directory of one.directories) files.push([directory, { directory: true }]);
  if (isPython) {
    const own = `site-packages/m_${one.name}`;
    files.push([`${own}/__init__.py`, `# ${one.version}`], [`${own}/broken.py`, 'no python']);
    files.push(['site-packages/shared/__init__.py', ''], ['python-scripts/script', `${one.name}`]);
    if (subdir !== 'win-64') files.push([`${own}/two\nlines.py`, ''], [`${own}/ ü.py`, '']);
  }
  const build = String(builds++);
  return env.make(`${one.name} ${one.version} ${build}`, {
    files: Object.fromEntries(files),
    ...(one.commands === undefined
      ? { subdir }
      : { noarch: 'python', depends: ['python'], entryPoints: one.commands }),
  });
}

/** The machine's own program under any version. */
const program = findPython();

function findPython(): string {
  try {
    const args = ['-c', 'import sys; print(sys.executable)'];
    return realpathSync(execFileSync('python3', args, { encoding: 'utf8' }).trim());
  } catch {
    return '/bin/false';
  }
}

function makePython(env: TestEnvironment, version: string): ExtractedPackage {
  const minor = version.split('.').slice(0, 2).join('.');
  const isFree = version.endsWith('t');
  return env.make(`python ${version.replace('t', '')} ${builds++}`, {
    files: { [`bin/python${minor}`]: { link: program } },
    ...(isFree && { python_site_packages_path: `lib/python${minor}t/site-packages` }),
  });
}

/** A file of one is a directory of another, or what is to lie in the prefix would not. */
async function refuses(change: Promise<void>): Promise<boolean> {
  try {
    await change;
    return false;
  } catch (error) {
    if (error instanceof TcondaError && error.code === 'CLOBBER') return true;
    throw error;
  }
}

test('packages with odd names, modes, links and contents come, change and go without a trace', async () => {
  await fc.assert(
    fc.asyncProperty(
      userFiles,
      fc.tuple(state, state),
      fc.constantFrom({}, { alwaysCopy: true }, { alwaysSoftlink: true }),
      fc.constantFrom('linux-64', 'osx-arm64', 'win-64'),
      fc.boolean(),
      async (mine, states, how, subdir, compilePyc) => {
        await withTestEnvironment(async (env) => {
          for (const file of mine) {
            mkdirSync(path.dirname(path.join(env.prefix, file)), { recursive: true });
            writeFileSync(path.join(env.prefix, file), 'mine');
          }
          const before = readTree(env.prefix);
          const options = { ...how, subdir, canRun: subdir === 'linux-64', compilePyc };
          for (const { python, packages } of states) {
            const wanted = [makePython(env, python), ...packages.map((one) => make(env, one, subdir))];
            const old = readTree(env.prefix);
            // oxlint-disable-next-line no-await-in-loop -- one after the other
            const isRefused = await refuses(env.change(wanted, options));
            expect(isRefused ? readTree(env.prefix) : old).toEqual(old);
          }
          await env.change([], options);
          expect(env.tree()).toEqual(before);
        });
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);
