// Loaded into the program before it starts (node --import): a Node 20 on which the addon could not be installed.
import Module, { createRequire } from 'node:module';

const zlib = createRequire(import.meta.url)('node:zlib');
for (const name of Object.keys(zlib)) {
  if (/zstd/i.test(name)) Object.defineProperty(zlib, name, { value: undefined });
}

const resolve = Module._resolveFilename;
Module._resolveFilename = (request, ...rest) => {
  if (request.startsWith('zstd-napi')) throw new Error(`Cannot find module '${request}'`);
  return resolve(request, ...rest);
};
