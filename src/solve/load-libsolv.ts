import { readFile } from 'node:fs/promises';

import { loadLibsolv, type Libsolv, type LibsolvModule } from 'libsolv-wasm';

/** Beside the bundle, above one of its chunks, or where the build of the workspace package leaves it. */
const PLACES = ['./libsolv.wasm', '../libsolv.wasm', '../../native/dist/libsolv.wasm'];

let compiled: Promise<LibsolvModule> | undefined;

/** A solver with memory of its own. Compiling takes long and is done once for a process. */
export async function startLibsolv(): Promise<Libsolv> {
  if (compiled !== undefined) return loadLibsolv(await compiled);
  const loading = readWasm().then(loadLibsolv);
  compiled = loading.then((libsolv) => libsolv.module);
  compiled.catch(() => (compiled = undefined));
  return loading;
}

async function readWasm(): Promise<Uint8Array> {
  const failures: unknown[] = [];
  for (const place of PLACES) {
    try {
      return await readFile(new URL(place, import.meta.url));
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(failures, 'libsolv.wasm is missing; build it with: npm run bootstrap');
}
