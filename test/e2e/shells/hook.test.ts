import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Home, makeHome, SAMPLE } from '../../helpers/cli.ts';
import { makeTools, TEST_SHELLS } from '../../helpers/shell.ts';

let home: Home;
/** An environment by path, with everything in its name and its variables that a shell could trip over. */
let odd: string;
const ODD_VALUE = `it's "$HOME" !x \\ ünï  two`;

beforeAll(async () => {
  home = makeHome("hö me's");
  odd = path.join(home.directory, "pröject/my env's");
  for (const name of ['one', 'two']) {
    await home.tconda('create', '-y', '-q', '-n', name, '-c', SAMPLE, '-O', 'activation=1.0');
  }
  await home.tconda('create', '-y', '-q', '-p', odd, '-c', SAMPLE, '-O', 'meta');
  await home.tconda('env', 'config', 'vars', 'set', '-p', odd, `ODD=${ODD_VALUE}`, 'MINE=1');
  for (const [folder, word] of [
    ['activate.d', 'on'],
    ['deactivate.d', 'off'],
  ] as const) {
    const place = path.join(odd, 'etc/conda', folder);
    mkdirSync(place, { recursive: true });
    for (const extension of ['sh', 'fish', 'csh']) {
      for (const number of [1, 2]) {
        writeFileSync(path.join(place, `${number}.${extension}`), `echo "script=${word}${number}"\n`);
      }
    }
  }
  mkdirSync(path.join(home.directory, 'pröject/a/b c'), { recursive: true });
  mkdirSync(path.join(home.directory, 'elsewhere'));
  await home.tcondaIn(path.join(home.directory, 'pröject'), 'local', "./my env's");
  for (const file of ['.bashrc', '.zshrc', '.profile']) {
    appendFileSync(path.join(home.directory, file), "PS1='$ '\n");
  }
  appendFileSync(path.join(home.directory, '.tcshrc'), "set prompt = '$ '\n");
  await home.tconda('init', '--all');
}, 120_000);
afterAll(() => home.remove());

describe.each(TEST_SHELLS)('$title', (shell) => {
  const scripts = (text: string): readonly string[] =>
    [...text.matchAll(/script=(\w+)/g)].map((match) => match[1] ?? '');

  test.runIf(shell.isThere)(
    'enters, stacks and leaves environments after init',
    { timeout: 60_000 },
    async () => {
      const { seen, stdout, stderr } = await shell.type(
        [
          'show start CONDA_SHLVL',
          'tconda activate one',
          'show one CONDA_PREFIX CONDA_DEFAULT_ENV CONDA_SHLVL PATH',
          shell.prompt,
          'tconda activate two',
          'show nested CONDA_PREFIX CONDA_SHLVL CONDA_PREFIX_1 PATH',
          'tconda deactivate',
          'show back CONDA_PREFIX CONDA_SHLVL PATH',
          'tconda activate --stack two',
          'show stacked CONDA_PREFIX CONDA_STACKED_2 PATH',
          'tconda deactivate',
          'show unstacked CONDA_PREFIX CONDA_STACKED_2 PATH',
          'tconda deactivate',
          'show none CONDA_PREFIX CONDA_SHLVL PATH',
          'tconda activate nosuch',
          'show failed CONDA_PREFIX CONDA_SHLVL',
        ],
        home,
      );
      const [one, two] = [home.prefix('one'), home.prefix('two')];
      const rest = `${home.root}/condabin:${makeTools(home)}`;
      expect(seen).toMatchObject({
        'start.CONDA_SHLVL': '0',
        'one.CONDA_PREFIX': one,
        'one.CONDA_DEFAULT_ENV': 'one',
        'one.CONDA_SHLVL': '1',
        'one.PATH': `${one}/bin:${rest}`,
        'nested.CONDA_PREFIX': two,
        'nested.CONDA_SHLVL': '2',
        'nested.CONDA_PREFIX_1': one,
        'nested.PATH': `${two}/bin:${rest}`,
        'back.CONDA_PREFIX': one,
        'back.CONDA_SHLVL': '1',
        'back.PATH': `${one}/bin:${rest}`,
        'stacked.CONDA_PREFIX': two,
        'stacked.CONDA_STACKED_2': 'true',
        'stacked.PATH': `${two}/bin:${one}/bin:${rest}`,
        'unstacked.CONDA_PREFIX': one,
        'unstacked.CONDA_STACKED_2': '',
        'unstacked.PATH': `${one}/bin:${rest}`,
        'none.CONDA_PREFIX': '',
        'none.CONDA_SHLVL': '0',
        'none.PATH': rest,
        'failed.CONDA_PREFIX': '',
        'failed.CONDA_SHLVL': '0',
      });
      expect(stderr).toContain('Could not find conda environment: nosuch');
      expect(stdout).toMatch(/prompt=\[\(one\) /);
    },
  );

  test.runIf(shell.isThere)(
    'switches by folder, back to what a person chose',
    { timeout: 60_000 },
    async () => {
      const { seen, stdout } = await shell.type(
        [
          shell.set('ODD', 'before'),
          'tconda activate one',
          shell.name === 'xonsh' ? "cd @($HOME + '/pröject/a/b c')" : 'cd "$HOME/pröject/a/b c"',
          'show in CONDA_PREFIX CONDA_SHLVL ODD MINE',
          'cd ..',
          'show still CONDA_PREFIX CONDA_SHLVL',
          shell.name === 'xonsh' ? "cd @($HOME + '/elsewhere')" : 'cd "$HOME/elsewhere"',
          'show out CONDA_PREFIX CONDA_SHLVL ODD MINE',
          shell.name === 'xonsh' ? "cd @($HOME + '/pröject')" : 'cd "$HOME/pröject"',
          'tconda activate two',
          'cd /',
          'show chosen CONDA_PREFIX',
        ],
        home,
      );
      expect(seen).toMatchObject({
        'in.CONDA_PREFIX': odd,
        'in.CONDA_SHLVL': '2',
        'in.ODD': ODD_VALUE,
        'in.MINE': '1',
        'still.CONDA_PREFIX': odd,
        'still.CONDA_SHLVL': '2',
        'out.CONDA_PREFIX': home.prefix('one'),
        'out.CONDA_SHLVL': '1',
        'out.ODD': 'before',
        'out.MINE': '',
        'chosen.CONDA_PREFIX': home.prefix('two'),
      });
      // xonsh takes what a script of bash exports, not what it prints.
      const twice = ['on1', 'on2', 'off2', 'off1', 'on1', 'on2', 'off2', 'off1'];
      expect(scripts(stdout)).toEqual(shell.name === 'xonsh' ? [] : twice);
    },
  );

  test.runIf(shell.isThere)(
    'runs the scripts again after a change of packages',
    { timeout: 60_000 },
    async () => {
      const name = `fresh-${shell.name}`;
      await home.tconda('create', '-y', '-q', '-n', name, '-c', SAMPLE, '-O');
      const { seen } = await shell.type(
        [
          `tconda activate ${name}`,
          'show before ACTIVATION_SEEN',
          `tconda install -y -q -n ${name} -c '${SAMPLE}' -O activation`,
          'show after CONDA_PREFIX CONDA_SHLVL ACTIVATION_SEEN',
        ],
        home,
      );
      expect(seen).toMatchObject({
        'before.ACTIVATION_SEEN': '',
        'after.CONDA_PREFIX': home.prefix(name),
        'after.CONDA_SHLVL': '1',
        // The package has no script for csh.
        'after.ACTIVATION_SEEN': shell.extension === 'csh' ? '' : home.prefix(name),
      });
    },
  );

  test.runIf(shell.isThere && shell.status !== undefined)('says how a command ended', async () => {
    const status = shell.status ?? '';
    const { stdout } = await shell.type(
      [
        'tconda activate nosuch',
        status,
        'tconda activate one',
        status,
        `tconda run -n one sh -c 'exit 7'`,
        status,
        'tconda list -n nosuch',
        status,
        'tconda --version',
        status,
        'tconda activate --help',
        status,
      ],
      home,
    );
    expect([...stdout.matchAll(/status=(\d+)/g)].map((match) => match[1])).toEqual([
      '1',
      '0',
      '7',
      '1',
      '0',
      '0',
    ]);
  });

  test.runIf(shell.isThere)('has its start file back after init --reverse', async () => {
    const file = path.join(home.directory, shell.rc);
    const before = readFileSync(file, 'utf8');
    expect(before).toContain('tconda initialize');
    const name = shell.name === 'dash' ? 'posix' : shell.name;
    expect((await home.tconda('init', name)).stdout).toContain('No action taken.');
    const back = await home.tconda('init', '--reverse', name);
    expect(back.stdout).toContain(`modified      ${file}`);
    expect(readFileSync(file, 'utf8')).not.toContain('tconda');
    await home.tconda('init', name);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});

test.each(TEST_SHELLS.filter(({ name, isThere }) => isThere && ['bash', 'zsh', 'dash'].includes(name)))(
  '$name has the function whatever its aliases are',
  async (shell) => {
    const hook = path.join(home.root, 'etc/profile.d/tconda.sh');
    const { seen } = await shell.type(
      [
        "alias cd='cd -P' tconda=false eval=false unset=false",
        shell.source(hook),
        'cd "$HOME/elsewhere"',
        'tconda activate one',
        'show in CONDA_PREFIX PWD',
      ],
      home,
    );
    expect(seen).toEqual({
      'in.CONDA_PREFIX': home.prefix('one'),
      'in.PWD': path.join(home.directory, 'elsewhere'),
    });
  },
);

test.each(TEST_SHELLS.filter(({ isThere, file }) => isThere && file === 'activate'))(
  '$name runs nothing that stands in the name of a folder',
  async (shell) => {
    const folder = path.join(home.directory, 'ev$(touch ran)`touch ran`\\x');
    await home.tconda('create', '-y', '-q', '-p', folder, '-c', SAMPLE, '-O', 'meta');
    const quoted = folder.replaceAll("'", `'"'"'`);
    const { seen } = await shell.type(
      [
        `tconda activate '${quoted}'`,
        'show in CONDA_PREFIX',
        'tconda deactivate',
        `. '${quoted}/bin/activate'`,
        'show file CONDA_PREFIX',
        'deactivate',
        'show out CONDA_PREFIX',
      ],
      home,
    );
    expect(seen).toEqual({ 'in.CONDA_PREFIX': folder, 'file.CONDA_PREFIX': folder, 'out.CONDA_PREFIX': '' });
    expect(existsSync(path.join(home.directory, 'ran'))).toBe(false);
  },
);
