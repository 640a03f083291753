import { readFileSync } from 'node:fs';

import { TcondaError } from '../errors.ts';
import { setRcBlock } from '../shell/index.ts';
import type { FileEdit } from './file-edit.ts';

/** Puts the block into a start file, or without `body` takes it out. Bytes that are not text stay as they are. */
export function editRcFile(file: string, body: string | undefined, isOurs = false): FileEdit {
  const old = readBytes(file);
  const isWide = old[0] === 0xff && old[1] === 0xfe;
  // Latin-1 keeps every byte; the block is UTF-8 within.
  const encoding = isWide ? 'utf16le' : 'latin1';
  const block = body === undefined || isWide ? body : Buffer.from(body, 'utf8').toString('latin1');
  const text = old.toString(encoding);
  const changed = setRcBlock(text, block, file);
  const content = changed === text ? undefined : Buffer.from(changed, encoding);
  return { kind: 'file', file, content, isOurs };
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Buffer.alloc(0);
    throw new TcondaError('FILE_UNREADABLE', `${file} can't be read`, { cause: error });
  }
}
