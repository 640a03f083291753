import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What its row is called. */
export const LINKING = 'its linking alone';

/**
 * How long the phase takes in which the files are made, from the journal's first byte to the last link: the events say when.
 * @param {readonly string[]} command
 * @param {NodeJS.ProcessEnv} env
 * @param {number} repeat
 * @param {() => void} prepare
 */
export async function measureLinking(command, env, repeat, prepare) {
  const runs = [];
  for (let index = 0; index < repeat; index += 1) {
    prepare();
    const [program = '', ...args] = command;
    const child = spawn(program, [...args, '--json=events'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    /** @type {Record<string, number>} */
    const at = {};
    for await (const line of createInterface({ input: child.stdout })) {
      const { event, phase } = JSON.parse(line);
      if (phase === 'link') at[event] = performance.now();
    }
    runs.push(((at['phase_finished'] ?? Number.NaN) - (at['phase_started'] ?? Number.NaN)) / 1000);
  }
  runs.sort((a, b) => a - b);
  return { seconds: runs[Math.floor(runs.length / 2)] ?? Number.NaN, best: runs[0] ?? Number.NaN };
}
