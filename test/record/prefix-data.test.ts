import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { formatPrefixRecord } from '../../src/record/format-prefix-record.ts';
import { loadPrefix } from '../../src/record/index.ts';
import { parsePrefixRecord } from '../../src/record/parse-prefix-record.ts';

let prefix = '';
beforeEach(() => {
  prefix = mkdtempSync(path.join(tmpdir(), 'prefix-'));
});
afterEach(() => rmSync(prefix, { recursive: true, force: true }));

function put(name: string, content: unknown): void {
  mkdirSync(path.join(prefix, 'conda-meta'), { recursive: true });
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(path.join(prefix, 'conda-meta', name), text);
}

/** As conda writes it. */
const CONDA_RECORD = `{
  "name": "tool",
  "version": "1.0",
  "build": "pyhd_0",
  "build_number": 0,
  "channel": "https://conda.anaconda.org/conda-forge/noarch",
  "subdir": "noarch",
  "fn": "tool-1.0-pyhd_0.conda",
  "md5": "599717b5f7a57a51a567af7e4a293939",
  "url": "https://conda.anaconda.org/conda-forge/noarch/tool-1.0-pyhd_0.conda",
  "sha256": "7c91113acc34bc4a4db6a069e33e1c1d7cd46a8cafcb384cdfdf25e02845b4bb",
  "depends": [
    "python >=3.8"
  ],
  "constrains": [],
  "noarch": "python",
  "license": "L\\u00efcense",
  "package_type": "noarch_python",
  "timestamp": 1700000000000,
  "size": 1095,
  "requested_spec": "tool",
  "package_tarball_full_path": "/opt/pkgs/tool-1.0-pyhd_0.conda",
  "extracted_package_dir": "/opt/pkgs/tool-1.0-pyhd_0",
  "files": [
    "lib/python3.11/site-packages/tool.py",
    "bin/tool"
  ],
  "paths_data": {
    "paths_version": 1,
    "paths": [
      {
        "_path": "lib/python3.11/site-packages/tool.py",
        "path_type": "hardlink",
        "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "size_in_bytes": 0,
        "sha256_in_prefix": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
      },
      {
        "_path": "bin/tool",
        "path_type": "unix_python_entry_point",
        "size_in_bytes": 232
      }
    ]
  },
  "link": {
    "source": "/opt/pkgs/tool-1.0-pyhd_0",
    "type": 1
  },
  "requested_specs": [
    "tool"
  ]
}`;

describe('a record of conda', () => {
  test('is written as it was read, byte for byte', () => {
    const record = parsePrefixRecord(Buffer.from(CONDA_RECORD), 'x', { channelName: (url) => url });
    expect(formatPrefixRecord(record)).toBe(CONDA_RECORD);
    expect(record).toMatchObject({
      channel: 'https://conda.anaconda.org/conda-forge',
      requested_specs: ['tool'],
      license: 'Lïcense',
    });
  });

  test('keeps keys that are unknown here, and drops the one that says nothing', () => {
    const text = CONDA_RECORD.replace('  "size"', '  "auth": null,\n  "_requested_specs": [],\n  "size"');
    const record = parsePrefixRecord(Buffer.from(text), 'x', { channelName: (url) => url });
    expect(JSON.parse(formatPrefixRecord(record))).toEqual({
      ...(JSON.parse(CONDA_RECORD) as object),
      auth: null,
    });
  });

  test('has the places of python code in the prefix, not in the package', () => {
    const text = CONDA_RECORD.replace('"_path": "lib/python3.11/site-packages', '"_path": "site-packages');
    const record = parsePrefixRecord(Buffer.from(text), 'x', { channelName: (url) => url });
    expect(record.paths_data.paths.map((entry) => entry._path)).toEqual(record.files);
  });

  test('without indentation is the same record', () => {
    const read = (text: string) => parsePrefixRecord(Buffer.from(text), 'x', { channelName: (url) => url });
    const compact = read(JSON.stringify(JSON.parse(CONDA_RECORD)));
    expect({ ...compact }).toEqual({ ...read(CONDA_RECORD) });
  });
});

describe('a record with sorted keys, as older condas write it', () => {
  const sorted = JSON.stringify(
    Object.fromEntries(
      Object.entries(JSON.parse(CONDA_RECORD) as object).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ),
    undefined,
    2,
  );

  test('is the same record', () => {
    const read = (text: string) => parsePrefixRecord(Buffer.from(text), 'x', { channelName: (url) => url });
    expect({ ...read(sorted) }).toEqual({ ...read(CONDA_RECORD) });
  });

  test.each([true, false])('and so it is loaded, brief: %s', async (isBrief) => {
    put('tool-1.0-pyhd_0.json', CONDA_RECORD);
    const plain = (await loadPrefix(prefix, { isBrief })).records.map((record) => ({ ...record }));
    put('tool-1.0-pyhd_0.json', sorted);
    const [record] = (await loadPrefix(prefix, { isBrief })).records;
    expect([{ ...record }]).toEqual(plain);
  });
});

describe('a brief look', () => {
  const long = (count: number): string => {
    const paths = Array.from({ length: count }, (_, index) => ({
      _path: `a/${index}`,
      path_type: 'hardlink',
    }));
    const json = {
      ...(JSON.parse(CONDA_RECORD) as object),
      files: paths.map(({ _path }) => _path),
      paths_data: { paths_version: 1, paths },
    };
    return JSON.stringify(json, undefined, 2);
  };

  // Around the sizes of the parts that are read.
  test.each([0, 1, 600, 650, 700, 720, 750, 800, 20_000])(
    'at %i files sees the whole record',
    async (count) => {
      put('tool-1.0-pyhd_0.json', long(count));
      const [record] = (await loadPrefix(prefix)).records;
      const [brief] = (await loadPrefix(prefix, { isBrief: true })).records;
      expect({ ...brief }).toEqual({ ...record });
      expect(brief?.files).toHaveLength(count);
    },
  );

  test('says that a record changed before its files were looked at', async () => {
    put('tool-1.0-pyhd_0.json', long(3));
    const [brief] = (await loadPrefix(prefix, { isBrief: true })).records;
    put('tool-1.0-pyhd_0.json', long(3).replace('"license"', '"licence"'));
    expect(() => brief?.files).toThrow('has changed while it was read');
  });
});

describe('loadPrefix', () => {
  test('takes what every client writes, and passes over what is no record', async () => {
    const minimal = { name: 'a', version: '1', build: '0', build_number: 0 };
    put('a-1-0.json', minimal);
    put('b-1-0.json', { ...minimal, name: 'b', channel: 'conda-forge', subdir: 'linux-64' });
    put('c-1-0.json', {
      ...minimal,
      name: 'c',
      channel: 'https://conda.anaconda.org/conda-forge/',
      subdir: 'linux-64',
      fn: 'c-1-0.conda',
      url: 'https://conda.anaconda.org/conda-forge/linux-64/c-1-0.conda',
      requested_specs: ['c >=1'],
      track_features: 'x y',
    });
    put('other-name-0.json', minimal);
    put('._a-1-0.json', 'not json');
    put('state', '{}');
    put('nodash.json', '{}');
    put('history', "==> 2026-01-01 00:00:00 <==\n# cmd: conda x\n# update specs: ['c', 'gone']\n");
    put('pinned', '# comment\nzlib 1.2.* # why\n\n');
    const warnings: string[] = [];
    const data = await loadPrefix(prefix, { warn: (text) => warnings.push(text) });
    expect(data.records.map(({ name, schannel }) => [name, schannel])).toEqual([
      ['a', ''],
      ['b', 'conda-forge'],
      ['c', 'conda-forge'],
    ]);
    expect(data.records[2]).toMatchObject({
      track_features: ['x', 'y'],
      requested_specs: ['c >=1'],
      files: [],
    });
    expect(data).toMatchObject({ exists: true, pinned: ['zlib 1.2.*'] });
    expect([...data.history]).toEqual([['c', 'c']]);
    expect(warnings).toEqual([expect.stringContaining('other-name-0.json is passed over')]);
  });

  test.each([
    ['{', 'PREFIX_CORRUPT'],
    ['[]', 'PREFIX_CORRUPT'],
    ['{"name": "a"}', 'PREFIX_CORRUPT'],
  ])('refuses the record %s', async (text, code) => {
    put('a-1-0.json', text);
    await expect(loadPrefix(prefix)).rejects.toMatchObject({
      code,
      data: { file: expect.any(String) as string },
    });
  });

  test('knows an absent, an empty, a foreign and an empty environment', async () => {
    expect(await loadPrefix(path.join(prefix, 'absent'))).toMatchObject({ exists: false, records: [] });
    expect(await loadPrefix(prefix)).not.toHaveProperty('isForeign');
    writeFileSync(path.join(prefix, 'file'), '');
    expect(await loadPrefix(prefix)).toMatchObject({ exists: false, isForeign: true });
    expect(await loadPrefix(path.join(prefix, 'file'))).toMatchObject({ exists: false, isForeign: true });
    put('history', '');
    expect(await loadPrefix(prefix)).toMatchObject({ exists: true, records: [] });
  });
});
