import type { LibsolvExports } from './abi.ts';

/** The part of the platform's WebAssembly that is used here: Node and browsers have it, neither types it without the DOM. */
declare const WebAssembly: {
  readonly compile: (bytes: Uint8Array) => Promise<LibsolvModule>;
  readonly instantiate: (
    module: LibsolvModule,
    imports: Readonly<Record<string, Readonly<Record<string, (...args: never[]) => number>>>>,
  ) => Promise<{ readonly exports: unknown }>;
};

declare const compiled: unique symbol;

/** Compiled code of libsolv. May be kept, shared and sent to other threads. */
export interface LibsolvModule {
  readonly [compiled]?: true;
}

/** libsolv with a memory of its own. */
export interface Libsolv {
  readonly module: LibsolvModule;
  readonly exports: LibsolvExports;
}

/** @param source the bytes of `libsolv.wasm`, or what they were compiled to before */
export async function loadLibsolv(source: Uint8Array | LibsolvModule): Promise<Libsolv> {
  const module = source instanceof Uint8Array ? await WebAssembly.compile(source) : source;
  let memory: LibsolvExports['memory'] | undefined;
  const instance = await WebAssembly.instantiate(module, {
    wasi_snapshot_preview1: systemCalls(() => memory?.buffer ?? new ArrayBuffer(0)),
  });
  const exports = instance.exports as LibsolvExports;
  memory = exports.memory;
  exports._initialize();
  return { module, exports };
}

const SUCCESS = 0;
const BAD_FILE = 8;

/** There is no file and no clock behind these: the solver needs neither, its C library only mentions them. */
function systemCalls(buffer: () => ArrayBuffer): Readonly<Record<string, (...args: never[]) => number>> {
  return {
    clock_time_get: (_clock: number, _precision: bigint, result: number) => {
      new DataView(buffer()).setBigUint64(result, 0n, true);
      return SUCCESS;
    },
    fd_close: () => BAD_FILE,
    fd_fdstat_get: () => BAD_FILE,
    fd_pread: () => BAD_FILE,
    fd_seek: () => BAD_FILE,
    fd_write: () => BAD_FILE,
  };
}
