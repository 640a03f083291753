/** Where a Mach-O file or a part of one has what signing needs. Offsets count from the beginning of the part. */
export interface MachOLayout {
  /** Whether it is a program, not a library. */
  readonly isExecutable: boolean;
  readonly isArm64: boolean;
  /** The code signature's load command; undefined when there is none. */
  readonly signature:
    { readonly command: number; readonly offset: number; readonly size: number } | undefined;
  /** The segment with the code: what the kernel lets run. */
  readonly text: { readonly offset: number; readonly size: number };
  /** The last segment, which holds the signature. */
  readonly linkEdit:
    | { readonly command: number; readonly is64: boolean; readonly offset: number; readonly size: number }
    | undefined;
  /** Behind the last load command, and how far it may be written to. */
  readonly commandsEnd: number;
  readonly firstContent: number;
}

/** A part of a file for several machines, or the whole of another. */
export interface MachOSlice {
  readonly offset: number;
  readonly size: number;
}

/** Whether the bytes begin like a program or library of macOS. One that was changed must be signed again to run on arm64. */
export function isMachO(content: Uint8Array): boolean {
  if (content.length < 4) return false;
  const [a = 0, b = 0, c = 0, d = 0] = content;
  return MAGIC.has(((a << 24) | (b << 16) | (c << 8) | d) >>> 0);
}

/** The parts of a program or library of macOS; none when the bytes are none. */
export function findMachOSlices(content: Buffer): readonly MachOSlice[] {
  if (content.length < 32) return [];
  if (isThin(content, 0)) return [{ offset: 0, size: content.length }];
  const magic = content.readUInt32BE(0);
  if (magic !== FAT && magic !== FAT_64) return [];
  const count = content.readUInt32BE(4);
  const width = magic === FAT ? 20 : 32;
  // A class of Java begins alike; there this is a version.
  if (count === 0 || 8 + count * width > content.length) return [];
  const slices = Array.from({ length: count }, (_, index): MachOSlice => {
    const at = 8 + index * width;
    return magic === FAT
      ? { offset: content.readUInt32BE(at + 8), size: content.readUInt32BE(at + 12) }
      : {
          offset: Number(content.readBigUInt64BE(at + 8)),
          size: Number(content.readBigUInt64BE(at + 16)),
        };
  });
  const isWhole = slices.every(({ offset, size }) => size >= 32 && offset + size <= content.length);
  return isWhole && slices.every(({ offset }) => isThin(content, offset)) ? slices : [];
}

/** The layout of a file for one machine; undefined when it can't be read. */
export function readMachOLayout(content: Buffer): MachOLayout | undefined {
  const is64 = content.readUInt32LE(0) === MAGIC_64;
  const count = content.readUInt32LE(16);
  const start = is64 ? 32 : 28;
  const commandsEnd = start + content.readUInt32LE(20);
  if (commandsEnd > content.length) return undefined;
  let signature: MachOLayout['signature'];
  let linkEdit: MachOLayout['linkEdit'];
  let text = { offset: 0, size: 0 };
  let firstContent = content.length;
  for (let index = 0, at = start; index < count; index++) {
    if (at + 8 > commandsEnd) return undefined;
    const kind = content.readUInt32LE(at);
    const size = content.readUInt32LE(at + 4);
    if (size < 8 || at + size > commandsEnd) return undefined;
    if (kind === LC_CODE_SIGNATURE) {
      signature = { command: at, offset: content.readUInt32LE(at + 8), size: content.readUInt32LE(at + 12) };
    } else if (kind === LC_SEGMENT_64 || kind === LC_SEGMENT) {
      const segment = readSegment(content, at, kind === LC_SEGMENT_64);
      if (segment.name === '__TEXT') text = segment;
      if (segment.name === '__LINKEDIT') {
        linkEdit = { command: at, is64: kind === LC_SEGMENT_64, offset: segment.offset, size: segment.size };
      }
      firstContent = Math.min(firstContent, segment.firstContent);
    }
    at += size;
  }
  return {
    isExecutable: content.readUInt32LE(12) === MH_EXECUTE,
    isArm64: content.readUInt32LE(4) === CPU_ARM64,
    signature,
    text: { offset: text.offset, size: text.size },
    linkEdit,
    commandsEnd,
    firstContent,
  };
}

/** `mach-o/loader.h`, `mach-o/fat.h` */
const MAGIC_32 = 0xfe_ed_fa_ce;
const MAGIC_64 = 0xfe_ed_fa_cf;
const FAT = 0xca_fe_ba_be;
const FAT_64 = 0xca_fe_ba_bf;
/** 32 and 64 bit in both byte orders, and files for several machines. */
const MAGIC: ReadonlySet<number> = new Set([MAGIC_32, MAGIC_64, 0xce_fa_ed_fe, 0xcf_fa_ed_fe, FAT, FAT_64]);
const MH_EXECUTE = 2;
const CPU_ARM64 = 0x01_00_00_0c;
const LC_SEGMENT = 0x1;
const LC_SEGMENT_64 = 0x19;
export const LC_CODE_SIGNATURE = 0x1d;

/** Only of little-endian machines: no other has been made for twenty years. */
function isThin(content: Buffer, offset: number): boolean {
  const magic = content.readUInt32LE(offset);
  return magic === MAGIC_64 || magic === MAGIC_32;
}

function readSegment(
  content: Buffer,
  at: number,
  is64: boolean,
): { readonly name: string; readonly offset: number; readonly size: number; readonly firstContent: number } {
  const name = content.toString('latin1', at + 8, at + 24).replace(/\0+$/, '');
  const offset = is64 ? Number(content.readBigUInt64LE(at + 40)) : content.readUInt32LE(at + 32);
  const size = is64 ? Number(content.readBigUInt64LE(at + 48)) : content.readUInt32LE(at + 36);
  const sections = content.readUInt32LE(at + (is64 ? 64 : 48));
  let firstContent = offset > 0 && size > 0 ? offset : content.length;
  for (let index = 0; index < sections; index++) {
    const section = at + (is64 ? 72 + index * 80 : 56 + index * 68);
    const place = content.readUInt32LE(section + (is64 ? 48 : 40));
    if (place > 0) firstContent = Math.min(firstContent, place);
  }
  return { name, offset, size, firstContent };
}
