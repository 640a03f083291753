import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * Runs a program to its end and gives its standard output; a failure carries what the program said last.
 * @param {string} file
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 */
export async function run(file, args, options = {}) {
  try {
    const { stdout } = await execute(file, args, { ...options, maxBuffer: 1 << 26 });
    return stdout;
  } catch (error) {
    const said = /** @type {{ stderr?: string, message: string }} */ (error);
    throw new Error(`${file}: ${said.stderr?.trim().split('\n').at(-1) || said.message}`, { cause: error });
  }
}
