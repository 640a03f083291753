import { createHash } from 'node:crypto';

export interface MachOOptions {
  /** Default 0x0100000c, arm64. */
  readonly cpu?: number;
  /** Default 2, a program; 6 is a library. */
  readonly kind?: number;
  /** Bytes behind the load commands: what the program is. */
  readonly body: Buffer;
  /** The code signature; without it there is no load command for one. */
  readonly signature?: Buffer;
  readonly signatureRoom?: number;
}

const TEXT_SIZE = 0x80_00;
const LINK_EDIT = Buffer.from('symbols and strings of the linker'.padEnd(64, '.'));

/** A 64-bit Mach-O file as a linker lays it out: `__TEXT` from the beginning, then `__LINKEDIT` with the signature at its end. */
export function makeMachO({
  cpu = 0x01_00_00_0c,
  kind = 2,
  body,
  signature,
  signatureRoom,
}: MachOOptions): Buffer {
  const room = signature === undefined ? 0 : (signatureRoom ?? signature.length);
  const file = Buffer.alloc(TEXT_SIZE + LINK_EDIT.length + room);
  const commands = [
    segment('__TEXT', { memory: 0x1_00_00_00_00n, offset: 0, size: TEXT_SIZE, section: 0x10_00 }),
    segment('__LINKEDIT', {
      memory: 0x1_00_00_80_00n,
      offset: TEXT_SIZE,
      size: LINK_EDIT.length + room,
    }),
    ...(signature === undefined ? [] : [signatureCommand(TEXT_SIZE + LINK_EDIT.length, room)]),
  ];
  file.writeUInt32LE(0xfe_ed_fa_cf, 0);
  file.writeUInt32LE(cpu, 4);
  file.writeUInt32LE(kind, 12);
  file.writeUInt32LE(commands.length, 16);
  file.writeUInt32LE(
    commands.reduce((sum, command) => sum + command.length, 0),
    20,
  );
  Buffer.concat(commands).copy(file, 32);
  body.copy(file, 0x10_00);
  LINK_EDIT.copy(file, TEXT_SIZE);
  signature?.copy(file, TEXT_SIZE + LINK_EDIT.length);
  return file;
}

/** Several files in one, each at a multiple of 16 KiB. */
export function makeFat(parts: readonly { readonly cpu: number; readonly content: Buffer }[]): Buffer {
  const header = Buffer.alloc(0x40_00);
  header.writeUInt32BE(0xca_fe_ba_be, 0);
  header.writeUInt32BE(parts.length, 4);
  const pieces = [header];
  let offset = header.length;
  for (const [index, { cpu, content }] of parts.entries()) {
    const at = 8 + index * 20;
    header.writeUInt32BE(cpu, at);
    header.writeUInt32BE(offset, at + 8);
    header.writeUInt32BE(content.length, at + 12);
    header.writeUInt32BE(14, at + 16);
    const isLast = index === parts.length - 1;
    const padded = isLast ? content.length : Math.ceil(content.length / 0x40_00) * 0x40_00;
    pieces.push(Buffer.concat([content, Buffer.alloc(padded - content.length)]));
    offset += padded;
  }
  return Buffer.concat(pieces);
}

/** A blob of a signature: magic, length, content. */
export function makeBlob(magic: number, content: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(magic, 0);
  header.writeUInt32BE(8 + content.length, 4);
  return Buffer.concat([header, content]);
}

/** The blob that holds the parts of a code signature, each in its slot. */
export function makeSuperBlob(blobs: readonly (readonly [slot: number, blob: Buffer])[]): Buffer {
  const index = Buffer.alloc(4 + blobs.length * 8);
  index.writeUInt32BE(blobs.length, 0);
  let offset = 8 + index.length;
  for (const [at, [slot, blob]] of blobs.entries()) {
    index.writeUInt32BE(slot, 4 + at * 8);
    index.writeUInt32BE(offset, 8 + at * 8);
    offset += blob.length;
  }
  return makeBlob(0xfa_de_0c_c0, Buffer.concat([index, ...blobs.map(([, blob]) => blob)]));
}

/** What a signature says, each field as `kern/cs_blobs.h` has it. Written apart from the code that writes signatures. */
export interface ReadSignature {
  readonly slots: readonly number[];
  readonly flags: number;
  readonly version: number;
  readonly identifier: string;
  readonly codeLimit: number;
  readonly hashType: number;
  readonly pageSize: number;
  readonly segment: { readonly base: bigint; readonly limit: bigint; readonly flags: bigint };
  /** Offsets of pages whose hash is wrong, and slots of blobs whose hash is wrong. */
  readonly wrong: readonly string[];
  readonly blobs: ReadonlyMap<number, Buffer>;
}

/** Reads the signature of a thin file and compares every hash in it with the bytes. */
export function readSignature(file: Buffer): ReadSignature {
  const { offset, size } = findSignature(file);
  const whole = file.subarray(offset, offset + size);
  if (whole.readUInt32BE(0) !== 0xfa_de_0c_c0) throw new Error('no super blob');
  const blobs = new Map<number, Buffer>();
  for (let index = 0; index < whole.readUInt32BE(8); index++) {
    const at = whole.readUInt32BE(16 + index * 8);
    blobs.set(whole.readUInt32BE(12 + index * 8), whole.subarray(at, at + whole.readUInt32BE(at + 4)));
  }
  const directory = blobs.get(0) ?? Buffer.alloc(0);
  if (directory.readUInt32BE(0) !== 0xfa_de_0c_02) throw new Error('no code directory');
  const hashes = directory.readUInt32BE(16);
  const pageSize = 2 ** directory.readUInt8(39);
  const codeLimit = directory.readUInt32BE(32);
  const wrong: string[] = [];
  const compare = (name: string, bytes: Buffer | undefined, at: number): void => {
    const expected = bytes === undefined ? Buffer.alloc(32) : createHash('sha256').update(bytes).digest();
    if (!expected.equals(directory.subarray(at, at + 32))) wrong.push(name);
  };
  for (let page = 0; page < directory.readUInt32BE(28); page++) {
    const from = page * pageSize;
    compare(`page ${from}`, file.subarray(from, Math.min(from + pageSize, codeLimit)), hashes + page * 32);
  }
  if (directory.readUInt32BE(28) !== Math.ceil(codeLimit / pageSize)) wrong.push('number of pages');
  for (let slot = 1; slot <= directory.readUInt32BE(24); slot++) {
    compare(`slot ${slot}`, blobs.get(slot), hashes - slot * 32);
  }
  if (codeLimit !== offset) wrong.push('end of the code');
  const identifierAt = directory.readUInt32BE(20);
  return {
    slots: [...blobs.keys()],
    flags: directory.readUInt32BE(12),
    version: directory.readUInt32BE(8),
    identifier: directory.toString('utf8', identifierAt, directory.indexOf(0, identifierAt)),
    codeLimit,
    hashType: directory.readUInt8(37),
    pageSize,
    segment: {
      base: directory.readBigUInt64BE(64),
      limit: directory.readBigUInt64BE(72),
      flags: directory.readBigUInt64BE(80),
    },
    wrong,
    blobs,
  };
}

/** What the load commands say of where the signature is. */
export function findSignature(file: Buffer): { readonly offset: number; readonly size: number } {
  for (let index = 0, at = 32; index < file.readUInt32LE(16); index++) {
    if (file.readUInt32LE(at) === 0x1d) {
      return { offset: file.readUInt32LE(at + 8), size: file.readUInt32LE(at + 12) };
    }
    at += file.readUInt32LE(at + 4);
  }
  throw new Error('no load command for a signature');
}

/** `[fileoff, filesize]` of `__LINKEDIT`. */
export function linkEditOf(file: Buffer): readonly [bigint, bigint] {
  const at = 32 + 72 + 80;
  return [file.readBigUInt64LE(at + 40), file.readBigUInt64LE(at + 48)];
}

function segment(
  name: string,
  {
    memory,
    offset,
    size,
    section,
  }: { readonly memory: bigint; readonly offset: number; readonly size: number; readonly section?: number },
): Buffer {
  const command = Buffer.alloc(72 + (section === undefined ? 0 : 80));
  command.writeUInt32LE(0x19, 0);
  command.writeUInt32LE(command.length, 4);
  command.write(name, 8, 'latin1');
  command.writeBigUInt64LE(memory, 24);
  command.writeBigUInt64LE(BigInt(Math.ceil(size / 0x40_00) * 0x40_00), 32);
  command.writeBigUInt64LE(BigInt(offset), 40);
  command.writeBigUInt64LE(BigInt(size), 48);
  if (section === undefined) return command;
  command.writeUInt32LE(1, 64);
  command.write('__text', 72, 'latin1');
  command.write(name, 88, 'latin1');
  command.writeUInt32LE(section, 72 + 48);
  return command;
}

function signatureCommand(offset: number, size: number): Buffer {
  const command = Buffer.alloc(16);
  command.writeUInt32LE(0x1d, 0);
  command.writeUInt32LE(16, 4);
  command.writeUInt32LE(offset, 8);
  command.writeUInt32LE(size, 12);
  return command;
}
