import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { ROOT } from './run.mjs';

/**
 * A digest of the content of files and folders, so that a step whose inputs are as before can be left out.
 * @param {readonly string[]} names relative to the project's folder
 */
export function hashOf(names) {
  const hash = createHash('sha256').update(process.version);
  for (const name of names) addTo(hash, name);
  return hash.digest('hex');
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} name
 */
function addTo(hash, name) {
  const file = path.join(ROOT, name);
  if (!existsSync(file)) return;
  if (!statSync(file).isDirectory()) {
    hash.update(`${name}\0`).update(readFileSync(file));
    return;
  }
  for (const entry of readdirSync(file).sort()) {
    if (entry !== 'node_modules' && entry !== 'dist') addTo(hash, `${name}/${entry}`);
  }
}

/**
 * Does `step` unless it was done to its end with the same inputs before and `outputs` are there.
 * @param {{ name: string, inputs: readonly string[], outputs: readonly string[], step: () => void | Promise<void>, force?: boolean | undefined }} what
 * @returns {Promise<boolean>} whether there was something to do
 */
export async function whenChanged({ name, inputs, outputs, step, force = false }) {
  const stamp = path.join(ROOT, 'node_modules/.cache/tconda', `${name}.sha256`);
  const hash = hashOf(inputs);
  const isDone =
    !force &&
    existsSync(stamp) &&
    readFileSync(stamp, 'utf8') === hash &&
    outputs.every((output) => existsSync(path.join(ROOT, output)));
  if (isDone) return false;
  // Cut off, it leaves something of both: neither the old nor the new.
  rmSync(stamp, { force: true });
  await step();
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
  return true;
}
