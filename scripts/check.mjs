#!/usr/bin/env node
// All static checks, one after the other; says each one's time and fails if any fails.
import { run } from './lib/run.mjs';

const SOURCES = ['src', 'native', 'test', 'scripts', 'channels', 'action'];
const CHECKS = [
  { name: 'types', args: ['tsc', '-p', '.'] },
  { name: 'lint', args: ['oxlint', '--type-aware', '--deny-warnings', ...SOURCES] },
  { name: 'format', args: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'dead code', args: ['knip'] },
  { name: 'library pages', args: ['--workspace', 'docs/api', 'typedoc', '--emit', 'none'] },
  { name: 'import rules', args: ['vitest', 'run', '--reporter=default', 'test/architecture.test.ts'] },
];

const failed = [];
for (const { name, args } of CHECKS) {
  const began = Date.now();
  const code = await run('npx', ['--no-install', ...args]);
  process.stdout.write(
    `${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`,
  );
  if (code !== 0) failed.push(name);
}
if (failed.length > 0) {
  process.stderr.write(`check: failed: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}
