import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * A function that compresses to one zstd frame, with what this Node or the project's modules have for it.
 * @returns {(bytes: Uint8Array, level: number) => Buffer}
 */
export function zstdCompressor() {
  const zlib = require('node:zlib');
  if (zlib.zstdCompressSync !== undefined) {
    const key = zlib.constants.ZSTD_c_compressionLevel;
    return (bytes, level) => zlib.zstdCompressSync(bytes, { params: { [key]: level } });
  }
  const { CCtx, compressBound } = require('zstd-napi/binding');
  const context = new CCtx();
  return (bytes, level) => {
    const into = Buffer.allocUnsafe(compressBound(bytes.length));
    return into.subarray(0, context.compress(into, bytes, level));
  };
}
