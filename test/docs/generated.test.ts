import { execFile } from 'node:child_process';
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
