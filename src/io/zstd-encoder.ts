import { createRequire } from 'node:module';
import { Readable } from 'node:stream';

/** One way to write zstd: each machine has another. `level` 1 to 22. */
export interface ZstdEncoder {
  /** One frame, as a stream. What it holds meanwhile depends on the level alone: 8 MB and less up to 16, 90 MB at 19, 1 GB at 22. */
  stream(chunks: Iterable<Uint8Array>, level: number): AsyncIterable<Uint8Array>;
  /** One frame that says how long its content is. For what is in memory anyway. */
  whole(bytes: Uint8Array, level: number): Buffer;
}

/** The best there is: the addon, else Node's own, else WebAssembly, which is slower at low levels and as fast at those of packages. */
export async function loadZstdEncoder(): Promise<ZstdEncoder> {
  const native = encoderOfAddon() ?? encoderOfNode();
  if (native !== undefined) return native;
  const { loadWasmEncoder } = await import('./zstd-encoder-wasm.ts');
  return await loadWasmEncoder();
}

const require = createRequire(import.meta.url);
const OUTPUT = 256 * 1024;

/** The part of `zstd-napi/binding` that is used here. */
interface Addon {
  readonly CCtx: new () => {
    setParameter(parameter: number, value: number): void;
    compress(into: Uint8Array, from: Uint8Array, level: number): number;
    /** [what is still inside; bytes written; bytes read] */
    compressStream2(into: Uint8Array, from: Uint8Array, end: number): [number, number, number];
  };
  readonly CParameter: { readonly compressionLevel: number; readonly checksumFlag: number };
  readonly EndDirective: { readonly continue: number; readonly end: number };
  compressBound(size: number): number;
}

function encoderOfAddon(): ZstdEncoder | undefined {
  let addon: Addon;
  try {
    addon = require('zstd-napi/binding') as Addon;
  } catch {
    return undefined;
  }
  // What a context holds is not freed before a garbage collection that knows nothing of it.
  let spare: InstanceType<Addon['CCtx']> | undefined;
  return {
    async *stream(chunks, level) {
      const context = new addon.CCtx();
      context.setParameter(addon.CParameter.compressionLevel, level);
      context.setParameter(addon.CParameter.checksumFlag, 1);
      let into = Buffer.allocUnsafeSlow(OUTPUT);
      const emit = (written: number): Uint8Array => {
        const full = into.subarray(0, written);
        into = Buffer.allocUnsafeSlow(OUTPUT);
        return full;
      };
      for (const chunk of chunks) {
        for (let from = chunk; from.length > 0;) {
          const [, written, read] = context.compressStream2(into, from, addon.EndDirective.continue);
          from = from.subarray(read);
          if (written > 0) yield emit(written);
        }
      }
      for (let inside = 1; inside > 0;) {
        const [left, written] = context.compressStream2(into, Buffer.alloc(0), addon.EndDirective.end);
        inside = left;
        if (written > 0) yield emit(written);
      }
    },
    whole(bytes, level) {
      const into = Buffer.allocUnsafe(addon.compressBound(bytes.length));
      // High levels take hundreds of megabytes, which are not worth keeping.
      const context = level > MOST_KEPT_LEVEL ? new addon.CCtx() : (spare ??= new addon.CCtx());
      return into.subarray(0, context.compress(into, bytes, level));
    },
  };
}

const MOST_KEPT_LEVEL = 3;

/** What `node:zlib` has of zstd since Node 22.15. */
interface NodeZstd {
  readonly constants: { readonly ZSTD_c_compressionLevel: number; readonly ZSTD_c_checksumFlag: number };
  createZstdCompress(options: {
    readonly chunkSize: number;
    readonly params: Readonly<Record<number, number>>;
  }): NodeJS.ReadWriteStream;
  zstdCompressSync(bytes: Uint8Array, options: { readonly params: Readonly<Record<number, number>> }): Buffer;
}

function encoderOfNode(): ZstdEncoder | undefined {
  const { constants, createZstdCompress, zstdCompressSync } = require('node:zlib') as Partial<NodeZstd>;
  if (!constants || !createZstdCompress || !zstdCompressSync) return undefined;
  return {
    stream(chunks, level) {
      const params = { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 };
      const encoder = createZstdCompress({ chunkSize: OUTPUT, params });
      const source = Readable.from(chunks, { objectMode: false });
      source.once('error', (error) => encoder.emit('error', error));
      return source.pipe(encoder) as unknown as AsyncIterable<Uint8Array>;
    },
    whole: (bytes, level) =>
      zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } }),
  };
}
