#!/usr/bin/env node
import { TOOL } from '../model/tool.ts';

/** Says the version at once; everything else is loaded when it is wanted. */
async function main(argv: readonly string[]): Promise<void> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${TOOL.name} ${TOOL.version}\n`);
    return;
  }
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(argv);
}

await main(process.argv.slice(2));
