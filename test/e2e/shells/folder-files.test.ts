import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { type Home, makeHome, SAMPLE } from '../../helpers/cli.ts';

let home: Home;

beforeAll(async () => {
  home = makeHome("hö me's");
  for (const name of ['one', 'two']) {
    await home.tconda('create', '-y', '-q', '-n', name, '-c', SAMPLE, '-O', 'meta');
  }
}, 120_000);
afterAll(() => home.remove());

test('a file that tconda local did not write is asked about', async () => {
  const folder = path.join(home.directory, 'cloned');
  mkdirSync(folder);
  writeFileSync(path.join(folder, '.tconda-env'), 'one\n');
  const file = path.join(folder, '.tconda-env');
  const asked = await home.tconda('shell.bash', 'auto', file);
  expect(asked.stderr).toContain('is not trusted');
  expect(asked.stdout).not.toContain('CONDA_PREFIX');
  await home.tcondaIn(folder, 'local', '--trust');
  expect((await home.tconda('shell.bash', 'auto', file)).stdout).toContain(
    `CONDA_PREFIX='${home.prefix('one').replaceAll("'", `'"'"'`)}'`,
  );
  writeFileSync(file, 'two\n');
  expect((await home.tconda('shell.bash', 'auto', file)).stderr).toContain('is not trusted');
  rmSync(folder, { recursive: true });
});

test('a .python-version names an environment, or means nothing', async () => {
  const folder = path.join(home.directory, 'pyenv');
  mkdirSync(folder);
  const file = path.join(folder, '.python-version');
  writeFileSync(file, 'two\n');
  expect((await home.tconda('shell.bash', 'auto', file)).stdout).toContain('/envs/two');
  writeFileSync(file, '3.12.1\n');
  const none = await home.tconda('shell.bash', 'auto', file);
  expect(none.stderr).toBe('');
  expect(none.stdout).not.toContain('CONDA_PREFIX=');
  writeFileSync(file, '../../etc\n');
  expect((await home.tconda('shell.bash', 'auto', file)).stdout).not.toContain('CONDA_PREFIX=');
});
