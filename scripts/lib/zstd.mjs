import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * A function that compresses to one zstd frame, with what this Node or the project's modules have for it.
 * @returns {Promise<(bytes: Uint8Array, level: number) => Uint8Array>}
 */
export async function zstdCompressor() {
  const zlib = require('node:zlib');
  if (zlib.zstdCompressSync !== undefined) {
    const key = zlib.constants.ZSTD_c_compressionLevel;
    return (bytes, level) => zlib.zstdCompressSync(bytes, { params: { [key]: level } });
  }
  return compressorOfAddon() ?? (await compressorOfWasm());
}

function compressorOfAddon() {
  let addon;
  try {
    addon = require('zstd-napi/binding');
  } catch {
    return undefined;
  }
  const { CCtx, compressBound } = addon;
  const context = new CCtx();
  /** @type {(bytes: Uint8Array, level: number) => Uint8Array} */
  return (bytes, level) => {
    const into = Buffer.allocUnsafe(compressBound(bytes.length));
    return into.subarray(0, context.compress(into, bytes, level));
  };
}

async function compressorOfWasm() {
  const { Zstd } = await import('@hpcc-js/wasm-zstd');
  const encoder = await Zstd.load();
  /** @type {(bytes: Uint8Array, level: number) => Uint8Array} */
  return (bytes, level) => encoder.compress(bytes, level);
}
