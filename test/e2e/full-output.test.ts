import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

const CLI = path.resolve('dist/cli.cjs');

test.runIf(existsSync('/dev/full'))('says that the output can’t be written, and fails', () => {
  const command = `"${process.execPath}" "${CLI}" config --show > /dev/full`;
  const { status, stderr } = spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8' });
  expect(status).toBe(1);
  expect(stderr).toContain("CondaError: The output can't be written: ENOSPC");
  expect(stderr).not.toContain('dist/');
});
