import { spawnSync } from 'node:child_process';

/**
 * @param {string} file
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} env
 * @returns {number} milliseconds
 */
export function run(file, args, env) {
  const began = process.hrtime.bigint();
  const { status, stderr } = spawnSync(file, args, {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const time = Number(process.hrtime.bigint() - began) / 1e6;
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${stderr}`);
  return time;
}

/** @param {readonly number[]} numbers */
export function middle(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
