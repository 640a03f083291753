import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Home, makeHome, SAMPLE } from '../../helpers/cli.ts';
import { makeTools, TEST_SHELLS } from '../../helpers/shell.ts';

let home: Home;
let prefix: string;
const ODD_VALUE = `it's "$HOME" !x \\ ünï  two`;

beforeAll(async () => {
  home = makeHome("hö me's");
  prefix = path.join(home.directory, 'pröject', "my env's");
  await home.tconda('create', '-y', '-q', '-p', prefix, '-c', SAMPLE, '-O', 'activation');
  await home.tconda('create', '-y', '-q', '-n', 'one', '-c', SAMPLE, '-O', 'meta');
  await home.tconda('env', 'config', 'vars', 'set', '-p', prefix, `ODD=${ODD_VALUE}`, 'MINE=1');
  for (const folder of ['activate.d', 'deactivate.d']) {
    mkdirSync(path.join(prefix, 'etc/conda', folder), { recursive: true });
    for (const extension of ['sh', 'fish', 'csh']) {
      for (const number of [1, 2]) {
        const file = path.join(prefix, 'etc/conda', folder, `${number}.${extension}`);
        writeFileSync(file, `echo "script=${folder === 'activate.d' ? 'on' : 'off'}${number}"\n`);
      }
    }
  }
});
afterAll(() => home.remove());

describe.each(TEST_SHELLS.filter(({ file }) => file !== undefined))('$title without tconda', (shell) => {
  const enter = (where: string): string => shell.source(`${where}/bin/${shell.file ?? ''}`);

  test.runIf(shell.isThere)('enters and leaves an environment by its own file', async () => {
    const { seen, stdout, stderr, code } = await shell.script(
      [
        shell.set('ODD', 'before'),
        enter(prefix),
        'show in CONDA_PREFIX CONDA_DEFAULT_ENV CONDA_SHLVL ODD MINE SAMPLE_HOME SAMPLE_QUOTE PATH',
        enter(prefix),
        'show again CONDA_SHLVL PATH',
        'deactivate',
        'show out CONDA_PREFIX CONDA_SHLVL ODD MINE PATH',
      ],
      home,
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const before = makeTools(home);
    expect(seen).toMatchObject({
      'in.CONDA_PREFIX': prefix,
      'in.CONDA_DEFAULT_ENV': prefix,
      'in.CONDA_SHLVL': '1',
      'in.ODD': ODD_VALUE,
      'in.MINE': '1',
      'in.SAMPLE_HOME': 'set by a package',
      'in.SAMPLE_QUOTE': 'it\'s "quoted" $HOME',
      'in.PATH': `${prefix}/bin:${before}`,
      'again.CONDA_SHLVL': '1',
      'again.PATH': `${prefix}/bin:${before}`,
      'out.CONDA_PREFIX': '',
      'out.CONDA_SHLVL': '0',
      'out.ODD': 'before',
      'out.MINE': '',
      'out.PATH': before,
    });
    const scripts = [...stdout.matchAll(/script=(\w+)/g)].map((match) => match[1]);
    expect(scripts).toEqual(['on1', 'on2', 'off2', 'off1', 'on1', 'on2', 'off2', 'off1']);
  });

  test.runIf(shell.isThere)('and what tconda entered is left by either', async () => {
    const hook = path.join(home.root, 'etc/profile.d', `tconda.${shell.extension}`);
    await home.tconda('init', shell.name === 'dash' ? 'posix' : shell.name);
    const { seen } = await shell.script(
      [
        shell.source(hook),
        'tconda activate one',
        enter(prefix),
        'show in CONDA_PREFIX CONDA_PREFIX_1 CONDA_SHLVL MINE',
        'deactivate',
        'show out CONDA_PREFIX CONDA_DEFAULT_ENV CONDA_SHLVL MINE PATH',
        enter(prefix),
        'tconda deactivate',
        'show left CONDA_PREFIX CONDA_SHLVL MINE PATH',
      ],
      home,
    );
    const one = home.prefix('one');
    const rest = `${one}/bin:${home.root}/condabin:${makeTools(home)}`;
    expect(seen).toMatchObject({
      'in.CONDA_PREFIX': prefix,
      'in.CONDA_PREFIX_1': one,
      'in.CONDA_SHLVL': '2',
      'in.MINE': '1',
      'out.CONDA_PREFIX': one,
      'out.CONDA_DEFAULT_ENV': 'one',
      'out.CONDA_SHLVL': '1',
      'out.MINE': '',
      'out.PATH': rest,
      'left.CONDA_PREFIX': one,
      'left.CONDA_SHLVL': '1',
      'left.MINE': '',
      'left.PATH': rest,
    });
  });
});

test.each(TEST_SHELLS.filter(({ name, isThere }) => isThere && ['bash', 'zsh', 'fish'].includes(name)))(
  '$name finds an environment that was moved',
  async (shell) => {
    const moved = path.join(home.directory, `moved ${shell.name}`);
    renameSync(prefix, moved);
    try {
      const { seen } = await shell.script(
        [shell.source(`${moved}/bin/${shell.file ?? ''}`), 'show in CONDA_PREFIX'],
        home,
      );
      expect(seen['in.CONDA_PREFIX']).toBe(moved);
    } finally {
      renameSync(moved, prefix);
    }
  },
);

test("another's file stays as it is, and ours follows the environment", async () => {
  const file = path.join(prefix, 'bin/activate');
  const fish = path.join(prefix, 'bin/activate.fish');
  writeFileSync(file, '# mine\n');
  await home.tconda('env', 'config', 'vars', 'set', '-p', prefix, 'LATER=1');
  expect(readFileSync(file, 'utf8')).toBe('# mine\n');
  expect(readFileSync(fish, 'utf8')).toContain('LATER');
});
