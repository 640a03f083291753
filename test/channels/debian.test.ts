import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { extractArchive } from '../../src/archive/index.ts';
import { matchesRecord } from '../../src/model/match-spec.ts';
import { parseMatchSpec } from '../../src/model/match-spec-text.ts';
import type { PathsJson } from '../../src/model/package-info.ts';
import type { PackageRecord } from '../../src/model/package-record.ts';

const CHANNEL = fileURLToPath(new URL('../../channels/debian/build', import.meta.url));
const BUILDER = new URL('../../channels/debian/', import.meta.url);
const isBuilt = existsSync(path.join(CHANNEL, 'linux-64/repodata.json'));

const { readDynamicSection } = (await import(new URL('elf.mjs', BUILDER).href)) as {
  readDynamicSection: (
    bytes: Buffer,
  ) => { soname: string | undefined; needed: string[]; rpath: string | undefined } | undefined;
};
const { PLACEHOLDER } = (await import(new URL('placeholder.mjs', BUILDER).href)) as { PLACEHOLDER: string };
const { loadManifest } = (await import(new URL('manifest.mjs', BUILDER).href)) as {
  loadManifest: (file: URL) => Promise<{ host: string[] }>;
};

interface Package {
  readonly fn: string;
  readonly record: PackageRecord;
  readonly directory: string;
  readonly paths: PathsJson['paths'];
}

// Without it (no apt here, or not built yet) there is nothing to test.
describe.runIf(isBuilt)('the channel that channels/debian/build.mjs made', () => {
  const packages: Package[] = [];
  const scratch = mkdtempSync(path.join(tmpdir(), 'tconda-debian-'));

  beforeAll(async () => {
    for (const subdir of ['linux-64', 'noarch']) {
      const folder = path.join(CHANNEL, subdir);
      const { 'packages.conda': records } = JSON.parse(
        readFileSync(path.join(folder, 'repodata.json'), 'utf8'),
      ) as { 'packages.conda': Record<string, PackageRecord> };
      for (const [fn, record] of Object.entries(records)) {
        const directory = mkdtempSync(path.join(scratch, `${record.name}-`));
        // oxlint-disable-next-line no-await-in-loop -- one core is enough
        await extractArchive(path.join(folder, fn), directory);
        const { paths } = JSON.parse(
          readFileSync(path.join(directory, 'info/paths.json'), 'utf8'),
        ) as PathsJson;
        packages.push({ fn, record, directory, paths });
      }
    }
  });
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  test('offers what an environment for numbers needs, and small programs', () => {
    const names = new Set(packages.map(({ record }) => record.name as string));
    const wanted =
      `python numpy pip setuptools wheel requests urllib3 idna certifi charset-normalizer libopenblas
      libgfortran5 sqlite openssl zlib ncurses readline lua jq ca-certificates tzdata`.split(/\s+/);
    expect(wanted.filter((name) => !names.has(name))).toEqual([]);
  });

  test('indexes every archive, under its own name', () => {
    const files = ['linux-64', 'noarch'].flatMap((subdir) =>
      readdirSync(path.join(CHANNEL, subdir)).filter((name) => name.endsWith('.conda')),
    );
    expect(packages.map(({ fn }) => fn).toSorted()).toEqual(files.toSorted());
    for (const { fn, record } of packages) {
      expect(fn).toBe(`${record.name}-${record.version}-${record.build}.conda`);
    }
  });

  test('answers every dependency itself, but for the virtual packages', () => {
    const open = packages.flatMap(({ fn, record }) =>
      record.depends
        .filter((text) => {
          const spec = parseMatchSpec(text);
          return !text.startsWith('__') && !packages.some((other) => matchesRecord(spec, other.record));
        })
        .map((text) => `${fn}: ${text}`),
    );
    expect(open).toEqual([]);
  });

  test('has two builds of the linear algebra libraries, of which the fast one comes first', () => {
    for (const name of ['libblas', 'liblapack']) {
      const builds = packages.map(({ record }) => record).filter((record) => record.name === name);
      const best = builds.toSorted((a, b) => b.build_number - a.build_number)[0];
      expect(builds.map(({ build }) => build.replace(/^.*_/, '')).toSorted()).toEqual(['netlib', 'openblas']);
      expect(best?.build).toMatch(/_openblas$/);
    }
  });

  test('every program and library looks for its libraries relative to itself, in lib', async () => {
    const { host } = await loadManifest(new URL('manifest.yaml', BUILDER));
    const wrong: string[] = [];
    let files = 0;
    for (const { record, directory, paths } of packages) {
      const near = closure(record).flatMap((other) => other.paths.map(({ _path }) => _path));
      const found = new Set([
        ...host,
        ...near.filter((name) => /^lib\/[^/]+$/.test(name)).map((name) => name.slice(4)),
      ]);
      for (const { _path: name, path_type: type } of paths) {
        if (type !== 'hardlink') continue;
        const dynamic = readDynamicSection(readFileSync(path.join(directory, name)));
        if (dynamic === undefined) continue;
        files += 1;
        const rpath = dynamic.rpath ?? '';
        const target = path.posix.join(path.posix.dirname(name), rpath.replace(/^\$ORIGIN/, '.'));
        if (!rpath.startsWith('$ORIGIN') || target !== 'lib') wrong.push(`${name}: rpath '${rpath}'`);
        for (const soname of dynamic.needed) if (!found.has(soname)) wrong.push(`${name}: needs ${soname}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(files).toBeGreaterThan(80);
  });

  test('names its placeholder where it says so and nowhere else, and no folder of a build', () => {
    expect(PLACEHOLDER).toHaveLength(255);
    const wrong: string[] = [];
    for (const { directory, paths } of packages) {
      for (const {
        _path: name,
        path_type: type,
        prefix_placeholder: placeholder,
        file_mode: mode,
      } of paths) {
        if (type !== 'hardlink') continue;
        const bytes = readFileSync(path.join(directory, name));
        const isMarked = placeholder === PLACEHOLDER && mode === 'text';
        if (bytes.includes(PLACEHOLDER) !== isMarked) wrong.push(`${name}: placeholder`);
        if (bytes.includes('debian-channel/work-') || bytes.includes(CHANNEL))
          wrong.push(`${name}: our folder`);
        if (!bytes.includes(0) && bytes.includes('/build/reproducible'))
          wrong.push(`${name}: Debian's folder`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('scripts run the interpreter of their prefix', () => {
    const lines = packages.flatMap(({ directory, paths }) =>
      paths
        .filter(({ _path, path_type: type }) => /^(bin|python-scripts)\//.test(_path) && type === 'hardlink')
        .map(({ _path }) => readFileSync(path.join(directory, _path)).toString('latin1').split('\n')[0] ?? '')
        .filter((line) => line.startsWith('#!') && /python|lua/.test(line)),
    );
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.filter((line) => !line.startsWith(`#!${PLACEHOLDER}/bin/`))).toEqual([]);
  });

  test('pure python packages hold no compiled code and lie where the installer expects them', () => {
    const pure = packages.filter(({ record }) => record.noarch === 'python');
    expect(pure.length).toBeGreaterThan(10);
    for (const { fn, paths } of pure) {
      const elsewhere = paths.filter(({ _path }) => !/^(site-packages|python-scripts)\//.test(_path));
      expect({ fn, elsewhere }).toEqual({ fn, elsewhere: [] });
    }
  });

  test('what is installed is where python and pip look, not where Debian keeps it', () => {
    const python = packages.find(({ record }) => record.name === 'python');
    expect(python?.record.python_site_packages_path).toBe('lib/python3.11/site-packages');
    const names = packages.flatMap(({ paths }) => paths.map(({ _path }) => _path));
    expect(
      names.filter((name) => name.includes('dist-packages') || name.endsWith('EXTERNALLY-MANAGED')),
    ).toEqual([]);
    const library = path.join(python?.directory ?? '', 'lib/python3.11');
    const patched = ['site.py', 'sysconfig.py', 'distutils/sysconfig.py', 'distutils/command/install.py'];
    const debians = patched.filter((name) =>
      readFileSync(path.join(library, name), 'utf8')
        .replaceAll(/"""[^]*?"""/g, '')
        .includes('dist-packages'),
    );
    expect(debians).toEqual([]);
  });

  /** A package and all it may bring with it. */
  function closure(record: PackageRecord): Package[] {
    const reached = new Set<Package>();
    const visit = (one: PackageRecord): void => {
      for (const each of packages) {
        if (each.record.name !== one.name || reached.has(each)) continue;
        reached.add(each);
        for (const text of each.record.depends) {
          const spec = parseMatchSpec(text);
          for (const other of packages) if (matchesRecord(spec, other.record)) visit(other.record);
        }
      }
    };
    visit(record);
    return [...reached];
  }
});
