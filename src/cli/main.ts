import { runProgram } from './program.ts';

// The whole program: what the quick one can't answer.
process.exitCode = await runProgram(process.argv.slice(2));
