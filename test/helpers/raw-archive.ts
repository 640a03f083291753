import { crc32, deflateRawSync } from 'node:zlib';

import { encodeBzip2 } from '../../src/archive/bzip2-encode.ts';
import { compressZstdSync } from './zstd.ts';

/** A member of a tar, written exactly as said: nothing is checked or made right. */
export interface RawMember {
  readonly path: string;
  /** The type flag; default `0`, a file. */
  readonly type?: string;
  readonly content?: string | Uint8Array;
  readonly target?: string;
  readonly mode?: number;
  readonly mtime?: number;
  /** What the header says, whatever the content is. */
  readonly size?: number;
  readonly prefix?: string;
  /** Changes the finished header; the checksum follows. */
  readonly edit?: (header: Buffer) => void;
  /** Leaves the checksum wrong. */
  readonly badChecksum?: boolean;
}

/** A tar of members exactly as they are given, valid or not. */
export function rawTar(members: readonly RawMember[], options: { readonly end?: boolean } = {}): Buffer {
  const parts = members.flatMap((member) => {
    const content = Buffer.from(member.content ?? '');
    return [rawHeader(member, content.length), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...parts, Buffer.alloc(options.end === false ? 0 : 1024)]);
}

function rawHeader(member: RawMember, length: number): Buffer {
  const header = Buffer.alloc(512);
  header.write(member.path, 0, 100);
  header.write(`${(member.mode ?? 0o644).toString(8).padStart(7, '0')}\0`, 100);
  header.write('0000000\x000000000\0', 108);
  header.write(`${(member.size ?? length).toString(8).padStart(11, '0')}\0`, 124);
  header.write(`${(member.mtime ?? 1_700_000_000).toString(8).padStart(11, '0')}\0`, 136);
  header.write(member.type ?? '0', 156);
  header.write(member.target ?? '', 157, 100);
  header.write('ustar\x0000', 257);
  header.write(member.prefix ?? '', 345, 155);
  member.edit?.(header);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0) + (member.badChecksum === true ? 1 : 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** A PAX header for the member that follows. */
export function pax(records: Readonly<Record<string, string>>, type = 'x'): RawMember {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    let length = rest + 1;
    while (String(length).length + rest !== length) length += 1;
    return `${length} ${key}=${value}\n`;
  });
  return { path: 'pax', type, content: lines.join('') };
}

/** A GNU long name (`L`) or long link (`K`) for the member that follows. */
export function gnuLong(type: 'L' | 'K', text: string): RawMember {
  return { path: '././@LongLink', type, content: `${text}\0` };
}

/** `info/index.json` and `info/paths.json` of a package that is right. */
export function infoMembers(name = 'hostile'): readonly RawMember[] {
  const index = { name, version: '1.0', build: '0', build_number: 0, depends: [], subdir: 'noarch' };
  return [
    { path: 'info/index.json', content: JSON.stringify(index) },
    { path: 'info/paths.json', content: '{"paths": [], "paths_version": 1}' },
  ];
}

/** Bytes, compressed. */
export function bzip2(bytes: Uint8Array): Buffer {
  return Buffer.concat([...encodeBzip2([bytes])]);
}

/** A member of a ZIP, written exactly as said. */
export interface RawZipMember {
  readonly name: string;
  readonly content: Uint8Array;
  /** Really deflates it; `method` only says so. */
  readonly deflate?: boolean;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly size?: number;
  /** In the local header, where another belongs. */
  readonly localName?: string;
  /** Where the directory says that it stands. */
  readonly offset?: number;
}

/** A ZIP of members exactly as they are given, valid or not. */
export function rawZip(
  members: readonly RawZipMember[],
  options: { readonly count?: number; readonly tail?: Uint8Array; readonly gap?: Uint8Array } = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const member of members) {
    const name = Buffer.from(member.localName ?? member.name);
    const content = member.deflate === true ? deflateRawSync(member.content) : Buffer.from(member.content);
    const method = member.deflate === true ? 8 : (member.method ?? 0);
    const size = member.size ?? member.content.length;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(member.flags ?? 0, 6);
    local.writeUInt16LE(method, 8);
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(member.flags ?? 0, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(member.crc ?? crc32(member.content), 16);
    central.writeUInt32LE(member.deflate === true ? content.length : size, 20);
    central.writeUInt32LE(size, 24);
    central.writeUInt16LE(Buffer.byteLength(member.name), 28);
    central.writeUInt32LE(member.offset ?? position, 42);
    directory.push(central, Buffer.from(member.name));
    parts.push(local, name, content);
    position += local.length + name.length + content.length;
  }
  const gap = Buffer.from(options.gap ?? []);
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(options.count ?? members.length, 8);
  end.writeUInt16LE(options.count ?? members.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(position + gap.length, 16);
  return Buffer.concat([...parts, gap, listing, end, Buffer.from(options.tail ?? [])]);
}

/** The members of a `.conda` around two tars. */
export function condaMembers(
  pkg: Uint8Array,
  info: Uint8Array,
  stem = 'hostile-1.0-0',
): readonly RawZipMember[] {
  return [
    { name: 'metadata.json', content: Buffer.from('{"conda_pkg_format_version": 2}') },
    { name: `pkg-${stem}.tar.zst`, content: compressZstdSync(pkg) },
    { name: `info-${stem}.tar.zst`, content: compressZstdSync(info) },
  ];
}
