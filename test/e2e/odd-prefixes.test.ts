import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, run, SAMPLE } from '../helpers/cli.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE) && process.platform === 'linux';
let home: Home;
let folder: string;
beforeAll(() => {
  home = makeHome('home', { CONDA_CHANNELS: SAMPLE });
  folder = path.join(home.directory, 'odd');
  mkdirSync(folder, { recursive: true });
});
afterAll(() => home.remove());

describe.runIf(isReady)('an environment whose path', () => {
  test.each([
    ['has spaces', 'with two spaces'],
    ['has a quote', "it's"],
    ['has a double quote', 'so "called"'],
    ['has a backslash', 'back\\slash'],
    ['has a back tick', 'tick`tock'],
    ['is in other letters', 'ünï/日本語'],
    ['is long', 'x'.repeat(180)],
    ['looks like an option', '-n'],
    ['has signs of shells', 'a;b&c|d(e)#f%g!h*i?j'],
  ])(
    '%s works',
    async (_, name) => {
      const prefix = path.join(folder, name);
      const created = await home.tconda(
        'create',
        '-y',
        '-p',
        prefix,
        'greet',
        'text-prefix',
        'binary-prefix',
      );
      expect(created.code).toBe(0);
      expect(/warning: (.*):/.exec(created.stderr)?.[1] ?? '').toMatch(
        /[ '"`\\]/.test(name)
          ? /^the path of the environment has .* in it, which not all programs can take/
          : /^$/,
      );
      const ran = await run(path.join(prefix, 'bin/greet'), [], { PATH: '/usr/bin:/bin' }, '/');
      expect(ran.stdout).toContain(`python 3.12.7 runs: ${prefix}/bin/greet`);
      const settings = path.join(prefix, 'etc/text-prefix/settings with spaces.conf');
      expect(readFileSync(settings, 'utf8')).toContain(`log = ${prefix}/var/log\n`);
      expect(readFileSync(path.join(prefix, 'lib/binary-prefix/list.bin'), 'utf8')).toContain(
        `\0${prefix}/a:${prefix}/b:${prefix}\0`,
      );
      const inside = await home.tconda('run', '-p', prefix, 'greet');
      expect(inside.stdout).toContain('python 3.12.7 runs');
      const { stdout } = await home.tconda('doctor', '-p', prefix);
      expect(stdout).not.toContain('❌');
      expect(
        readFileSync(path.join(home.directory, '.conda/environments.txt'), 'utf8').split('\n'),
      ).toContain(prefix);
      expect((await home.tconda('env', 'remove', '-y', '-p', prefix)).code).toBe(0);
      expect(existsSync(prefix)).toBe(false);
    },
    60_000,
  );

  test.each([
    ['two lines', 'a\nb'],
    ['a tab', 'a\tb'],
    ['what separates paths', `a${path.delimiter}b`],
  ])('has %s is refused', async (_, name) => {
    const { code, stderr } = await home.tconda('create', '-y', '-p', path.join(folder, name), 'links');
    expect(code).toBe(1);
    expect(stderr).toContain("The path of an environment can't have");
    expect(existsSync(path.join(folder, name))).toBe(false);
  });
});
