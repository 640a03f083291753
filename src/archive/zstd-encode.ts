import { createRequire } from 'node:module';
import { Readable } from 'node:stream';

import { TcondaError } from '../errors.ts';

/**
 * Compresses to one zstd frame with a checksum, as a stream. `level` 1 to 22.
 * @throws {TcondaError} `ZSTD_INVALID` when nothing here can
 */
export function encodeZstd(chunks: Iterable<Uint8Array>, level: number): AsyncIterable<Uint8Array> {
  return encodeWithAddon(chunks, level) ?? encodeWithNode(chunks, level);
}

const require = createRequire(import.meta.url);

/** The part of `zstd-napi/binding` that is used here. */
interface Addon {
  readonly CCtx: new () => {
    setParameter(parameter: number, value: number): void;
    /** [what is still inside; bytes written; bytes read] */
    compressStream2(into: Uint8Array, from: Uint8Array, end: number): [number, number, number];
  };
  readonly CParameter: { readonly compressionLevel: number; readonly checksumFlag: number };
  readonly EndDirective: { readonly continue: number; readonly end: number };
}

const OUTPUT = 256 * 1024;

function encodeWithAddon(chunks: Iterable<Uint8Array>, level: number): AsyncIterable<Uint8Array> | undefined {
  let addon: Addon;
  try {
    addon = require('zstd-napi/binding') as Addon;
  } catch {
    return undefined;
  }
  return (async function* () {
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
  })();
}

/** What `node:zlib` has of zstd since Node 22.15. */
interface NodeZstd {
  readonly constants: { readonly ZSTD_c_compressionLevel: number; readonly ZSTD_c_checksumFlag: number };
  createZstdCompress(options: {
    readonly chunkSize: number;
    readonly params: Readonly<Record<number, number>>;
  }): NodeJS.ReadWriteStream;
}

function encodeWithNode(chunks: Iterable<Uint8Array>, level: number): AsyncIterable<Uint8Array> {
  const { constants, createZstdCompress } = require('node:zlib') as Partial<NodeZstd>;
  if (constants === undefined || createZstdCompress === undefined) {
    throw new TcondaError('ZSTD_INVALID', 'This Node has no zstd and the module zstd-napi is not installed', {
      hint: 'Use Node 22.15 or later, install zstd-napi, or write a .tar.bz2',
    });
  }
  const params = { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 };
  const encoder = createZstdCompress({ chunkSize: OUTPUT, params });
  const source = Readable.from(chunks, { objectMode: false });
  source.once('error', (error) => encoder.emit('error', error));
  return source.pipe(encoder) as unknown as AsyncIterable<Uint8Array>;
}
