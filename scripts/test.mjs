#!/usr/bin/env node
// Brings what is missing, runs all tests (or those named on the command line) and ends with the line `N passed, N failed`.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

import { ROOT, run } from './lib/run.mjs';

if ((await run(process.execPath, ['scripts/bootstrap.mjs'])) !== 0) process.exit(1);
const report = path.join(ROOT, 'node_modules/.cache/tconda/test-report.json');
mkdirSync(path.dirname(report), { recursive: true });
rmSync(report, { force: true });
const reporter = process.env['CI'] === undefined ? 'default' : 'dot';
process.exitCode = await run('npx', [
  '--no-install',
  'vitest',
  'run',
  `--reporter=${reporter}`,
  '--reporter=json',
  `--outputFile.json=${report}`,
  // Some wait for real terminals, servers and clocks, on machines that have other work too.
  '--retry=1',
  ...process.argv.slice(2),
]);

if (!existsSync(report)) {
  process.stderr.write('test: ended before there was a result\n');
  process.exit(process.exitCode || 1);
}
/** @type {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, testResults: { status: string, assertionResults: unknown[] }[] }} */
const result = JSON.parse(readFileSync(report, 'utf8'));
// A file that can't even be loaded has no test of its own to fail.
const broken = result.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
);
const failed = result.numFailedTests + broken.length;
process.stdout.write(
  `${result.numPassedTests} passed, ${failed} failed, ${result.numPendingTests} skipped\n`,
);
