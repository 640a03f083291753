import { describe, expect, test } from 'vitest';

import { DEFAULT_CHANNEL_SETTINGS } from '../../src/model/spec-channel.ts';
import { isExplicitFile, parseExplicitFile, parseRequirementsFile } from '../../src/specs/index.ts';

const PATHS = {
  channels: { ...DEFAULT_CHANNEL_SETTINGS, cwd: '/work', home: '/home/u' },
  env: { CACHE: '/cache' },
};
const MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

describe('parseExplicitFile', () => {
  test('reads what list --explicit writes', () => {
    const text = [
      '# This file may be used to create an environment using:',
      '# $ conda create --name <env> --file <this file>',
      '# platform: linux-64',
      '@EXPLICIT',
      `https://conda.anaconda.org/conda-forge/linux-64/xz-5.2.6-h166bdaf_0.tar.bz2#${MD5}`,
      `https://conda.anaconda.org/conda-forge/noarch/six-1.16.0-pyh6c4a22f_0.conda#sha256:${SHA256}`,
      '',
    ].join('\r\n');
    expect(isExplicitFile(text)).toBe(true);
    const { records, platform } = parseExplicitFile(text, PATHS);
    expect(platform).toBe('linux-64');
    expect(records).toEqual([
      {
        name: 'xz',
        version: '5.2.6',
        build: 'h166bdaf_0',
        build_number: 0,
        subdir: 'linux-64',
        depends: [],
        constrains: [],
        fn: 'xz-5.2.6-h166bdaf_0.tar.bz2',
        url: 'https://conda.anaconda.org/conda-forge/linux-64/xz-5.2.6-h166bdaf_0.tar.bz2',
        channel: 'https://conda.anaconda.org/conda-forge',
        schannel: 'conda-forge',
        md5: MD5,
        isUnread: true,
      },
      expect.objectContaining({ name: 'six', subdir: 'noarch', sha256: SHA256 }),
    ]);
  });

  test.each([
    ['rel/linux-64/a-1-0.conda', 'file:///work/rel/linux-64/a-1-0.conda'],
    ['~/c/linux-64/a-1-0.conda', 'file:///home/u/c/linux-64/a-1-0.conda'],
    ['$CACHE/noarch/a-1-0.conda', 'file:///cache/noarch/a-1-0.conda'],
    ['/loose/a-1-0.conda', 'file:///loose/a-1-0.conda'],
    ['https://u:p@h.example/t/tk-1/c/noarch/a-b-1-0.conda', 'https://h.example/c/noarch/a-b-1-0.conda'],
  ])('%s is %s', (line, url) => {
    expect(parseExplicitFile(`@EXPLICIT\n${line}\n`, PATHS).records[0]?.url).toBe(url);
  });

  test.each([
    'numpy',
    'https://h.example/c/noarch/a.conda',
    'https://h/c/a-1-0.conda#123',
    `https://h/c/a-1-0.conda#${MD5.toUpperCase()}`,
    'a-1-0.zip',
  ])('names the line of %s', (line) => {
    expect(() => parseExplicitFile(`@EXPLICIT\n\n${line}\n`, PATHS, 'x.txt')).toThrow(
      expect.objectContaining({
        code: 'INVALID_SPEC_FILE',
        message: expect.stringContaining('Line 3 of x.txt'),
      }),
    );
  });
});

describe('parseRequirementsFile', () => {
  test('reads what list --export writes, without what pip installed', () => {
    const text =
      '# platform: osx-64\n# created-by: conda\nnumpy=1.26.0=py311_0\nrich=13.0=pypi_0\n  zlib  \n';
    expect(isExplicitFile(text)).toBe(false);
    expect(parseRequirementsFile(text)).toEqual({
      specs: ['numpy=1.26.0=py311_0', 'zlib'],
      skipped: ['rich=13.0=pypi_0'],
      platform: 'osx-64',
    });
  });

  test.each([
    '-r other.txt',
    '-e .',
    'numpy; python_version<"3"',
    'numpy===1.0',
    'x @ https://h/x.whl',
    'numpy==[',
  ])('refuses %s', (line) => {
    expect(() => parseRequirementsFile(`zlib\n${line}\n`)).toThrow(
      expect.objectContaining({ code: 'INVALID_SPEC_FILE', message: expect.stringContaining('Line 2') }),
    );
  });
});
