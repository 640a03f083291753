import { execFile, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');

test('pages of commands, exit codes and options are what the declarations say', async () => {
  const script = path.join(ROOT, 'scripts/make-docs.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--check'], { cwd: ROOT }).catch(
    (error: unknown) => error as { stdout: string },
  );
  expect(stdout).toBe('');
}, 30_000);

test.runIf(spawnSync('man', ['--version']).status === 0)(
  'man has no complaint about its pages',
  async () => {
    const folder = path.join(ROOT, 'docs/man');
    const pages = readdirSync(folder).map((name) => path.join(folder, name));
    const { stdout, stderr } = await promisify(execFile)('man', ['--warnings', '-l', ...pages], {
      env: { PATH: process.env['PATH'], MANPAGER: 'cat', MANWIDTH: '80', LC_ALL: 'C.UTF-8' },
      maxBuffer: 1 << 24,
    });
    expect(stderr).toBe('');
    expect(stdout).toContain('tconda-create - Create an environment');
  },
  60_000,
);
