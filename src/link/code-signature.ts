import { createHash } from 'node:crypto';

/** What of an older signature is to stay. */
export interface SignatureParts {
  readonly identifier: string | undefined;
  /** Of the segment with the code; for programs that the kernel treats in another way. */
  readonly segmentFlags: bigint | undefined;
  /** Blobs with their headers, by slot: requirements (2), entitlements as XML (5) and as DER (7). */
  readonly blobs: ReadonlyMap<number, Buffer>;
}

/** What a signature of a program of macOS is made of. */
export interface CodeSignatureInput extends SignatureParts {
  readonly identifier: string;
  /** Everything before the signature. */
  readonly code: Buffer;
  readonly text: { readonly offset: number; readonly size: number };
  readonly isExecutable: boolean;
}

/**
 * An ad-hoc signature, the kind that names nobody (`codesign --sign -`): a super blob with a code directory, which has the SHA-256
 * of each page, and with what stays of an older one. The structures are those of `kern/cs_blobs.h` in XNU; all numbers are
 * big-endian.
 */
export function formatCodeSignature(input: CodeSignatureInput): Buffer {
  const blobs = [...input.blobs].toSorted(([left], [right]) => left - right);
  const all: readonly (readonly [slot: number, blob: Buffer])[] = [
    [SLOT_CODE_DIRECTORY, formatCodeDirectory(input)],
    ...blobs,
  ];
  const header = Buffer.alloc(12 + all.length * 8);
  const total = all.reduce((sum, [, blob]) => sum + blob.length, header.length);
  header.writeUInt32BE(MAGIC_SUPER_BLOB, 0);
  header.writeUInt32BE(total, 4);
  header.writeUInt32BE(all.length, 8);
  let offset = header.length;
  for (const [index, [slot, blob]] of all.entries()) {
    header.writeUInt32BE(slot, 12 + index * 8);
    header.writeUInt32BE(offset, 16 + index * 8);
    offset += blob.length;
  }
  return Buffer.concat([header, ...all.map(([, blob]) => blob)]);
}

/** How many bytes the signature of so much code takes. */
export function codeSignatureSize(codeSize: number, parts: SignatureParts & { identifier: string }): number {
  const kept = [...parts.blobs.values()].reduce((sum, blob) => sum + blob.length + 8, 0);
  return 12 + 8 + kept + hashesStart(parts) + pagesIn(codeSize) * HASH_SIZE;
}

/** What is to stay of a signature; nothing of one that can't be read. */
export function parseCodeSignature(signature: Buffer): SignatureParts {
  const blobs = new Map<number, Buffer>();
  let identifier: string | undefined;
  let segmentFlags: bigint | undefined;
  for (const [slot, blob] of blobsOf(signature)) {
    if (KEPT_SLOTS.has(slot)) blobs.set(slot, blob);
    if (slot !== SLOT_CODE_DIRECTORY || blob.length < 44) continue;
    const start = blob.readUInt32BE(20);
    const end = blob.indexOf(0, start);
    if (start > 0 && end > start) identifier = blob.toString('utf8', start, end);
    if (blob.readUInt32BE(8) >= VERSION && blob.length >= DIRECTORY_SIZE) {
      segmentFlags = blob.readBigUInt64BE(80);
    }
  }
  return { identifier, segmentFlags, blobs };
}

function* blobsOf(signature: Buffer): Generator<readonly [slot: number, blob: Buffer]> {
  if (signature.length < 12 || signature.readUInt32BE(0) !== MAGIC_SUPER_BLOB) return;
  const count = signature.readUInt32BE(8);
  for (let index = 0; index < count && 20 + index * 8 <= signature.length; index++) {
    const offset = signature.readUInt32BE(16 + index * 8);
    if (offset + 8 > signature.length) return;
    const size = signature.readUInt32BE(offset + 4);
    if (size < 8 || offset + size > signature.length) return;
    yield [signature.readUInt32BE(12 + index * 8), signature.subarray(offset, offset + size)];
  }
}

const MAGIC_SUPER_BLOB = 0xfa_de_0c_c0;
const MAGIC_CODE_DIRECTORY = 0xfa_de_0c_02;
const SLOT_CODE_DIRECTORY = 0;
/** Requirements, entitlements, entitlements in DER. */
const KEPT_SLOTS: ReadonlySet<number> = new Set([2, 5, 7]);
/** Of the code directory: with the segment that may run. */
const VERSION = 0x2_04_00;
const DIRECTORY_SIZE = 88;
const FLAG_AD_HOC = 0x2;
const SEGMENT_MAIN_BINARY = 0x1n;
const HASH_SIZE = 32;
const HASH_SHA256 = 2;
const PAGE_BITS = 12;

function pagesIn(size: number): number {
  return Math.ceil(size / 2 ** PAGE_BITS);
}

/** Where the hashes of pages begin: those of other blobs lie before them, the highest slot first. */
function hashesStart({ identifier, blobs }: SignatureParts): number {
  return DIRECTORY_SIZE + Buffer.byteLength(identifier ?? '') + 1 + Math.max(0, ...blobs.keys()) * HASH_SIZE;
}

function formatCodeDirectory(input: CodeSignatureInput): Buffer {
  const { code, text, blobs } = input;
  const specials = Math.max(0, ...blobs.keys());
  const start = hashesStart(input);
  const pages = pagesIn(code.length);
  const directory = Buffer.alloc(start + pages * HASH_SIZE);
  directory.writeUInt32BE(MAGIC_CODE_DIRECTORY, 0);
  directory.writeUInt32BE(directory.length, 4);
  directory.writeUInt32BE(VERSION, 8);
  directory.writeUInt32BE(FLAG_AD_HOC, 12);
  directory.writeUInt32BE(start, 16);
  directory.writeUInt32BE(DIRECTORY_SIZE, 20);
  directory.writeUInt32BE(specials, 24);
  directory.writeUInt32BE(pages, 28);
  directory.writeUInt32BE(code.length, 32);
  directory.writeUInt8(HASH_SIZE, 36);
  directory.writeUInt8(HASH_SHA256, 37);
  directory.writeUInt8(PAGE_BITS, 39);
  directory.writeBigUInt64BE(BigInt(text.offset), 64);
  directory.writeBigUInt64BE(BigInt(text.size), 72);
  const flags = input.segmentFlags ?? (input.isExecutable ? SEGMENT_MAIN_BINARY : 0n);
  directory.writeBigUInt64BE(flags, 80);
  directory.write(input.identifier, DIRECTORY_SIZE, 'utf8');
  for (const [slot, blob] of blobs) sha256(blob).copy(directory, start - slot * HASH_SIZE);
  for (let page = 0; page < pages; page++) {
    const from = page * 2 ** PAGE_BITS;
    sha256(code.subarray(from, from + 2 ** PAGE_BITS)).copy(directory, start + page * HASH_SIZE);
  }
  return directory;
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
