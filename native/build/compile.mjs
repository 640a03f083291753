/** C to WebAssembly: many files at a time, each object kept under the hash of what it was made from. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

/**
 * One run of the compiler: the files it sees, by name, and the one it makes.
 * @typedef {{ args: string[], files: Record<string, Uint8Array>, output: string }} Task
 * @typedef {{ name: string, task: Task, key: string }} Unit
 */

/**
 * @param {Unit[]} units
 * @param {string} cache
 * @param {(message: string) => void} say
 * @returns {Promise<Map<string, Uint8Array>>} objects by unit name
 */
export async function compileUnits(units, cache, say) {
  await mkdir(cache, { recursive: true });
  const objects = new Map();
  const queue = [];
  for (const unit of units) {
    const file = objectFile(cache, unit);
    if (existsSync(file)) objects.set(unit.name, await readFile(file));
    else queue.push(unit);
  }
  if (queue.length === 0) return objects;
  const count = Math.min(os.availableParallelism(), 4, Math.ceil(queue.length / 4));
  const total = queue.length;
  say(`compiling ${total} files, ${count} at a time`);
  let done = 0;
  const work = async () => {
    const compiler = startCompiler();
    try {
      for (let unit = queue.shift(); unit !== undefined; unit = queue.shift()) {
        const object = await compiler.compile(unit.task);
        const file = objectFile(cache, unit);
        await writeFile(`${file}.part`, object);
        await rename(`${file}.part`, file);
        objects.set(unit.name, object);
        done += 1;
        if (done % 8 === 0 || done === total) say(`compiled ${done} of ${total}`);
      }
    } finally {
      await compiler.stop();
    }
  };
  await Promise.all(Array.from({ length: count }, work));
  return objects;
}

/** A compiler in a thread of its own: it computes for seconds without a pause. */
export function startCompiler() {
  const worker = new Worker(new URL('compile-worker.mjs', import.meta.url), { stdout: true, stderr: true });
  return {
    /**
     * @param {Task} task
     * @returns {Promise<Uint8Array>}
     */
    compile: (task) =>
      new Promise((resolve, reject) => {
        worker.once('error', reject);
        worker.once('message', (answer) => {
          worker.off('error', reject);
          if (answer.object === undefined) reject(new Error(`${task.output}: ${answer.failure}`));
          else resolve(answer.object);
        });
        worker.postMessage(task);
      }),
    stop: () => worker.terminate(),
  };
}

/** @param {...(string | Uint8Array)} parts */
export function hashOf(...parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}\n`).update(part);
  return hash.digest('hex');
}

/**
 * @param {string} cache
 * @param {Unit} unit
 */
function objectFile(cache, unit) {
  return path.join(cache, `${unit.name}-${unit.key.slice(0, 16)}.o`);
}
