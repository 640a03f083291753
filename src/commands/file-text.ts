import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import type { Context } from './command.ts';
import { expandHome } from './expand-home.ts';
import { withOutside } from './outside.ts';

/** A text file that a person named. */
export interface FileText {
  readonly text: string;
  /** Absolute; what is relative in the file is relative to this. */
  readonly directory: string;
}

const URL_SCHEME = /^(?:https?|ftp|s3|file):\/\//;

/**
 * Reads a file by path or URL, in UTF-8 or, with its mark, in UTF-16.
 * @throws {TcondaError} `FILE_NOT_FOUND`, `HTTP_FAILED`
 */
export async function loadFileText(file: string, config: LoadedConfig, context: Context): Promise<FileText> {
  const { cwd, home } = context.host;
  if (URL_SCHEME.test(file)) return { text: await download(file, config, context), directory: cwd };
  const full = path.resolve(cwd, expandHome(file, home));
  try {
    return { text: decode(readFileSync(full)), directory: path.dirname(full) };
  } catch (cause) {
    throw new TcondaError('FILE_NOT_FOUND', `'${full}' file not found`, { cause, data: { filename: full } });
  }
}

async function download(url: string, config: LoadedConfig, context: Context): Promise<string> {
  return await withOutside(config, context, async ({ http }) => {
    const { body } = await http.get(url);
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(part);
    return decode(Buffer.concat(parts));
  });
}

function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
      .swap16()
      .toString('utf16le');
  }
  return bytes.toString('utf8');
}
