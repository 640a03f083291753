/** One thread of the compiler: a native clang if CC names one, else the one from npm that is itself WebAssembly. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { env } from 'node:process';
import { parentPort } from 'node:worker_threads';

import { run } from './run.mjs';

const native = env['CC'];

parentPort?.on('message', async (/** @type {import('./compile.mjs').Task} */ task) => {
  try {
    parentPort?.postMessage({
      object: native ? await compileNative(native, task) : await compilePortable(task),
    });
  } catch (error) {
    parentPort?.postMessage({ failure: error instanceof Error ? error.message : String(error) });
  }
});

/**
 * @param {string} compiler
 * @param {import('./compile.mjs').Task} task
 */
async function compileNative(compiler, task) {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'libsolv-'));
  const sysroot = env['WASI_SYSROOT'];
  try {
    for (const [name, content] of Object.entries(task.files))
      await writeFile(path.join(directory, name), content);
    const args = sysroot ? [`--sysroot=${sysroot}`, ...task.args] : task.args;
    await run(compiler, args, { cwd: directory });
    return await readFile(path.join(directory, task.output));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** @param {import('./compile.mjs').Task} task */
async function compilePortable(task) {
  const { commands } = await import('@yowasp/clang');
  /** @type {Uint8Array[]} */
  const said = [];
  const collect = (/** @type {Uint8Array | null} */ bytes) => void (bytes && said.push(bytes.slice()));
  try {
    const made = await commands.clang(
      task.args,
      { ...task.files },
      {
        stdout: collect,
        stderr: collect,
        fetchProgress: () => undefined,
      },
    );
    const object = made?.[task.output];
    if (!(object instanceof Uint8Array)) throw new Error('the compiler made nothing');
    return object;
  } catch (error) {
    throw new Error(Buffer.concat(said).toString().trim() || String(error), { cause: error });
  }
}
