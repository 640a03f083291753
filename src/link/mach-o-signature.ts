import { codeSignatureSize, formatCodeSignature, parseCodeSignature } from './code-signature.ts';
import { findMachOSlices, isMachO, LC_CODE_SIGNATURE, type MachOLayout, readMachOLayout } from './mach-o.ts';

/**
 * Signs a program or library of macOS anew, ad hoc, after its bytes were changed: arm64 runs nothing whose signature does not
 * fit. Works on any machine. The identifier and the entitlements of the old signature stay; other content comes back as the same
 * object, and so does what has no room for a signature or needs none.
 * @param name identifies the file when no older signature does
 */
export function signMachO(content: Buffer, name: string): Buffer {
  if (!isMachO(content)) return content;
  const slices = findMachOSlices(content);
  if (slices.length === 0) return content;
  const signed = slices.map(({ offset, size }) => {
    const part = content.subarray(offset, offset + size);
    return signSlice(part, name);
  });
  const isSame = (part: Buffer, index: number): boolean =>
    part.length === slices[index]?.size &&
    content.compare(part, 0, part.length, slices[index].offset, slices[index].offset + part.length) === 0;
  if (signed.every(isSame)) return content;
  if (signed.every((part, index) => part.length === slices[index]?.size)) {
    const result = Buffer.from(content);
    for (const [index, part] of signed.entries()) part.copy(result, slices[index]?.offset);
    return result;
  }
  return slices.length === 1 && slices[0]?.offset === 0 ? (signed[0] ?? content) : layOut(content, signed);
}

function signSlice(content: Buffer, name: string): Buffer {
  const layout = readMachOLayout(content);
  if (layout === undefined || layout.linkEdit === undefined) return content;
  // What had no signature needs one on arm64 alone.
  if (layout.signature === undefined && !layout.isArm64) return content;
  const { offset: from, size: room } = layout.signature ?? layout.linkEdit;
  const end = from + room;
  if (end > content.length) return content;
  const offset = layout.signature?.offset ?? align(end, 16);
  const parts = parseCodeSignature(
    layout.signature === undefined
      ? Buffer.alloc(0)
      : content.subarray(offset, offset + layout.signature.size),
  );
  const identifier = parts.identifier ?? name;
  const needed = align(codeSignatureSize(offset, { ...parts, identifier }), 16);
  // With the room of the old one the file keeps its size, and its place beside others in one file.
  const size = Math.max(needed, layout.signature?.size ?? 0);
  const result = Buffer.alloc(offset + size);
  content.copy(result, 0, 0, Math.min(offset, end));
  if (!writeCommands(result, layout, offset, size)) return content;
  const { text, isExecutable } = layout;
  const code = result.subarray(0, offset);
  formatCodeSignature({ ...parts, identifier, code, text, isExecutable }).copy(result, offset);
  // What somebody put behind it, such as an archive, is looked for from the end.
  return end === content.length ? result : Buffer.concat([result, content.subarray(end)]);
}

/** Says in the file where the signature is. False when there is no room to say so. */
function writeCommands(result: Buffer, layout: MachOLayout, offset: number, size: number): boolean {
  const { linkEdit, commandsEnd, firstContent } = layout;
  let at = layout.signature?.command;
  if (at === undefined) {
    if (commandsEnd + 16 > firstContent) return false;
    at = commandsEnd;
    result.writeUInt32LE(LC_CODE_SIGNATURE, at);
    result.writeUInt32LE(16, at + 4);
    result.writeUInt32LE(result.readUInt32LE(16) + 1, 16);
    result.writeUInt32LE(result.readUInt32LE(20) + 16, 20);
  }
  result.writeUInt32LE(offset, at + 8);
  result.writeUInt32LE(size, at + 12);
  if (linkEdit === undefined) return false;
  const length = offset + size - linkEdit.offset;
  const room = align(length, PAGE);
  if (linkEdit.is64) {
    result.writeBigUInt64LE(BigInt(length), linkEdit.command + 48);
    const memory = Number(result.readBigUInt64LE(linkEdit.command + 32));
    result.writeBigUInt64LE(BigInt(Math.max(memory, room)), linkEdit.command + 32);
  } else {
    result.writeUInt32LE(length, linkEdit.command + 36);
    result.writeUInt32LE(Math.max(result.readUInt32LE(linkEdit.command + 28), room), linkEdit.command + 28);
  }
  return true;
}

/** Of memory, on arm64. */
const PAGE = 0x40_00;

/** A file for several machines whose parts have other sizes than before. */
function layOut(content: Buffer, parts: readonly Buffer[]): Buffer {
  const is64 = content.readUInt32BE(0) === 0xca_fe_ba_bf;
  const width = is64 ? 32 : 20;
  const header = Buffer.from(content.subarray(0, 8 + parts.length * width));
  const pieces: Buffer[] = [header];
  let end = header.length;
  for (const [index, part] of parts.entries()) {
    const at = 8 + index * width;
    const offset = align(end, 2 ** header.readUInt32BE(at + (is64 ? 24 : 16)));
    if (is64) {
      header.writeBigUInt64BE(BigInt(offset), at + 8);
      header.writeBigUInt64BE(BigInt(part.length), at + 16);
    } else {
      header.writeUInt32BE(offset, at + 8);
      header.writeUInt32BE(part.length, at + 12);
    }
    pieces.push(Buffer.alloc(offset - end), part);
    end = offset + part.length;
  }
  return Buffer.concat(pieces);
}

function align(value: number, to: number): number {
  return Math.ceil(value / to) * to;
}
