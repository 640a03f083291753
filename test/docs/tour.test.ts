import { existsSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

import { CLI, run, SAMPLE } from '../helpers/cli.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');

test.runIf(existsSync(CLI) && existsSync(SAMPLE))('the tour shows what its commands print', async () => {
  const script = path.join(ROOT, 'scripts/make-tour.mjs');
  const { stdout, stderr } = await run(process.execPath, [script, '--check'], {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
  });
  expect(stdout + stderr).toBe('');
});
