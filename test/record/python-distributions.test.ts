import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { findPythonDistributions, listDistributionFiles } from '../../src/record/index.ts';
import { createTestEnvironment, type TestEnvironment } from '../helpers/environment.ts';

let environment: TestEnvironment;
beforeEach(() => {
  environment = createTestEnvironment();
});
afterEach(() => environment.dispose());

const python = () => environment.make('python 3.11.2 h_0', { files: { 'bin/python3.11': 'x' } });
const metadata = (name: string, version: string): string =>
  `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n\nName: no header\n`;

function lay(name: string, content: string): void {
  const file = path.join(environment.prefix, 'lib/python3.11/site-packages', name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

test('tells what conda brought from what pip brought', async () => {
  const six = environment.make('six 1.16 py_0', {
    noarch: 'python',
    files: { 'site-packages/six-1.16.dist-info/METADATA': metadata('six', '1.16') },
  });
  const other = environment.make('py-other 2.0 py311_0', {
    depends: ['python >=3.11,<3.12'],
    files: { 'lib/python3.11/site-packages/other_name-2.0.egg-info': metadata('Other.Name', '2.0') },
  });
  await environment.change([python(), six, other]);
  lay('Typing_Extensions-4.1.dist-info/METADATA', metadata('Typing_Extensions', '4.1'));
  lay('built-1.0.dist-info/METADATA', metadata('built', '1.0'));
  lay('built-1.0.dist-info/INSTALLER', 'conda\n');
  lay('broken-1.0.dist-info/RECORD', '');
  lay('nameless-1.0.dist-info/METADATA', 'Version: 1.0\n');
  const found = findPythonDistributions(await environment.load(), 'linux-64');
  expect(
    found.map(({ name, displayName, version, isConda, metadata: place }) => [
      name,
      displayName,
      version,
      isConda,
      path.basename(place),
    ]),
  ).toEqual([
    ['built', 'built', '1.0', true, 'built-1.0.dist-info'],
    ['other-name', 'Other.Name', '2.0', true, 'other_name-2.0.egg-info'],
    ['six', 'six', '1.16', true, 'six-1.16.dist-info'],
    ['typing-extensions', 'Typing_Extensions', '4.1', false, 'Typing_Extensions-4.1.dist-info'],
  ]);
});

test('the files of a distribution are those of its RECORD', async () => {
  await environment.change([python()]);
  lay('six-1.16.dist-info/METADATA', metadata('six', '1.16'));
  lay(
    'six-1.16.dist-info/RECORD',
    'six.py,sha256=x,2\r\n../../../bin/six,,\n"a,""b"".py",,\nsix-1.16.dist-info/RECORD,,\n',
  );
  lay('bare-1.0.egg-info', metadata('bare', '1.0'));
  const [bare, six] = findPythonDistributions(await environment.load(), 'linux-64');
  if (bare === undefined || six === undefined) throw new Error('not found');
  expect(listDistributionFiles(environment.prefix, bare)).toEqual([]);
  expect(listDistributionFiles(environment.prefix, six)).toEqual([
    'lib/python3.11/site-packages/six.py',
    'bin/six',
    'lib/python3.11/site-packages/a,"b".py',
    'lib/python3.11/site-packages/six-1.16.dist-info/RECORD',
  ]);
});

test('finds nothing without a python', async () => {
  await environment.change([environment.make('zlib 1.3 h_0')]);
  lay('six-1.16.dist-info/METADATA', metadata('six', '1.16'));
  expect(findPythonDistributions(await environment.load(), 'linux-64')).toEqual([]);
});
