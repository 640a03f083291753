import { TcondaError } from '../errors.ts';
import type { TarEntry } from './tar-entry.ts';

const BLOCK = 512;
/** The largest size that eleven octal digits hold. */
const MAX_OCTAL = 0o77777777777;

/**
 * The header of `entry`: ustar, with a PAX header in front for what doesn't fit or is no ASCII. Owner 0, no owner names.
 * The same entry gives the same bytes.
 */
export function encodeTarHeader(entry: TarEntry): Buffer {
  const path = entry.kind === 'directory' && !entry.path.endsWith('/') ? `${entry.path}/` : entry.path;
  const records: string[] = [];
  if (!fits(path)) records.push(encodePaxRecord('path', path));
  if (!fits(entry.target)) records.push(encodePaxRecord('linkpath', entry.target));
  if (entry.size > MAX_OCTAL) records.push(encodePaxRecord('size', String(entry.size)));
  const header = encodeBlock({ ...entry, path, type: TYPES[entry.kind] });
  if (records.length === 0) return header;
  const pax = Buffer.from(records.join(''));
  const paxHeader = encodeBlock({
    path: 'PaxHeader',
    type: 'x',
    size: pax.length,
    mode: 0o644,
    mtime: 0,
    target: '',
  });
  return Buffer.concat([paxHeader, pax, tarPadding(pax.length), header]);
}

const TYPES = { file: '0', hardlink: '1', symlink: '2', directory: '5' } as const;

/** Zeros that fill up the last block of a member. */
export function tarPadding(size: number): Buffer {
  return ZEROS.subarray(0, (BLOCK - (size % BLOCK)) % BLOCK);
}

const ZEROS = Buffer.alloc(2 * BLOCK);

/** What closes a tar. */
export const TAR_END: Buffer = ZEROS;

function fits(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- ASCII is the question
  return text.length <= 100 && /^[\u0020-\u007e]*$/.test(text);
}

/** The record says its own length, the digits of that length among it. */
function encodePaxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length += 1;
  return `${length} ${key}=${value}\n`;
}

function encodeBlock(fields: Omit<TarEntry, 'kind'> & { readonly type: string }): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(fields.path, 0, 100, 'utf8');
  writeOctal(block, 100, 7, fields.mode);
  writeOctal(block, 108, 7, 0);
  writeOctal(block, 116, 7, 0);
  writeOctal(block, 124, 11, fields.size > MAX_OCTAL ? 0 : fields.size);
  writeOctal(block, 136, 11, Math.max(0, Math.floor(fields.mtime)));
  block.fill(0x20, 148, 156);
  block.write(fields.type, 156, 'latin1');
  block.write(fields.target, 157, 100, 'utf8');
  block.write('ustar\x0000', 257, 'latin1');
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function writeOctal(block: Buffer, offset: number, digits: number, value: number): void {
  const text = value.toString(8).padStart(digits, '0');
  if (text.length > digits) throw new TcondaError('INVALID_ARCHIVE', `tar can't hold the number ${value}`);
  block.write(text, offset, 'latin1');
}
