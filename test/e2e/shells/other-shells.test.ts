import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { type Home, makeHome, run, SAMPLE } from '../../helpers/cli.ts';

/** Shells that no Debian package has: tried where somebody has put them on PATH. */
const OTHERS = [
  {
    name: 'pwsh',
    hook: 'shell.powershell',
    args: (file: string) => ['-NoProfile', '-File', file],
    extension: 'ps1',
    show: 'Write-Output "prefix=[$Env:CONDA_PREFIX] level=[$Env:CONDA_SHLVL]"',
  },
  {
    name: 'nu',
    hook: 'shell.nushell',
    args: (file: string) => ['--no-config-file', file],
    extension: 'nu',
    show: "print $\"prefix=[($env.CONDA_PREFIX? | default '')] level=[($env.CONDA_SHLVL? | default '')]\"",
  },
].map((shell) => {
  const isThere = spawnSync(shell.name, ['--version']).error === undefined;
  return { ...shell, isThere, title: isThere ? shell.name : `${shell.name} (skipped: not installed)` };
});

let home: Home;

beforeAll(async () => {
  home = makeHome();
  await home.tconda('create', '-y', '-q', '-n', 'one', '-c', SAMPLE, '-O', 'meta');
});
afterAll(() => home.remove());

describe.each(OTHERS)('$title', ({ name, hook, args, extension, show, isThere }) => {
  test('has a hook to read', async () => {
    const { code, stdout } = await home.tconda(hook, 'hook');
    expect(code).toBe(0);
    expect(stdout).toContain('tconda');
  });

  test.runIf(isThere)('enters and leaves an environment', async () => {
    const { stdout: text } = await home.tconda(hook, 'hook');
    const file = path.join(home.directory, `try.${extension}`);
    writeFileSync(file, [text, 'tconda activate one', show, 'tconda deactivate', show, ''].join('\n'));
    const { stdout } = await run(name, args(file), home.env);
    expect(stdout).toContain(`prefix=[${home.prefix('one')}] level=[1]`);
    expect(stdout).toContain('prefix=[] level=[0]');
  });
});

const hasNushell = OTHERS.some(({ name, isThere }) => name === 'nu' && isThere);

test.runIf(hasNushell)('nushell starts in the base after init, and takes what scripts set', async () => {
  const started = makeHome("hö me's");
  await started.tconda('install', '-y', '-q', '-n', 'base', '-c', SAMPLE, '-O', 'activation=1.0');
  const conda = path.join(started.root, 'etc/conda');
  mkdirSync(path.join(conda, 'deactivate.d'), { recursive: true });
  writeFileSync(path.join(conda, 'activate.d/own.nu'), '$env.OWN = "nu"; print "aloud"\n');
  writeFileSync(path.join(conda, 'activate.d/own.sh'), 'export OWN=sh\n');
  writeFileSync(path.join(conda, 'deactivate.d/own.nu'), 'hide-env OWN\n');
  await started.tconda('init', 'nushell');
  const show = (label: string): string =>
    `print $"${label}=[($env.CONDA_PREFIX? | default '')|($env.OWN? | default '')|($env.ACTIVATION_SEEN? | default '')]"`;
  const file = path.join(started.directory, 'try.nu');
  writeFileSync(file, [show('in'), 'tconda deactivate', show('out'), ''].join('\n'));
  const config = path.join(started.directory, '.config/nushell/config.nu');
  const { stdout, stderr } = await run('nu', ['--config', config, file], started.env);
  expect(stdout).toContain(`in=[${started.root}|nu|${started.root}]`);
  expect(stdout).toContain('out=[||');
  expect(stderr).toContain('aloud');
  started.remove();
});
