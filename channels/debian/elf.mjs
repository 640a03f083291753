// Reads what a dynamic linker reads of an ELF file: enough to know what a file needs and where it looks.

/**
 * @typedef {{ soname: string | undefined, needed: string[], rpath: string | undefined }} DynamicSection
 */

const DT_NEEDED = 1n;
const DT_STRTAB = 5n;
const DT_SONAME = 14n;
const DT_RPATH = 15n;
const DT_RUNPATH = 29n;
const PT_LOAD = 1;
const PT_DYNAMIC = 2;

/** @param {Buffer} bytes at least 4 of them */
function isElf(bytes) {
  return bytes.length >= 4 && bytes.readUInt32BE(0) === 0x7f454c46;
}

/**
 * The dynamic section of a 64-bit little-endian ELF file; undefined for one without (static programs, object files).
 * @param {Buffer} bytes the whole file
 * @returns {DynamicSection | undefined}
 */
export function readDynamicSection(bytes) {
  if (!isElf(bytes) || bytes[4] !== 2 || bytes[5] !== 1) return undefined;
  const segments = readSegments(bytes);
  const dynamic = segments.find((segment) => segment.type === PT_DYNAMIC);
  if (dynamic === undefined) return undefined;

  /** @type {{ tag: bigint, value: number }[]} */
  const entries = [];
  for (let at = dynamic.offset; at < dynamic.offset + dynamic.size; at += 16) {
    const tag = bytes.readBigUInt64LE(at);
    if (tag === 0n) break;
    entries.push({ tag, value: Number(bytes.readBigUInt64LE(at + 8)) });
  }
  const address = entries.find((entry) => entry.tag === DT_STRTAB)?.value ?? 0;
  const loaded = segments.find(
    (segment) =>
      segment.type === PT_LOAD && address >= segment.address && address < segment.address + segment.size,
  );
  if (loaded === undefined) return undefined;
  const strings = address - loaded.address + loaded.offset;
  const text = (/** @type {number} */ value) =>
    bytes.toString('latin1', strings + value, bytes.indexOf(0, strings + value));
  const find = (/** @type {bigint} */ tag) => {
    const entry = entries.find((candidate) => candidate.tag === tag);
    return entry === undefined ? undefined : text(entry.value);
  };
  return {
    soname: find(DT_SONAME),
    needed: entries.filter((entry) => entry.tag === DT_NEEDED).map((entry) => text(entry.value)),
    rpath: find(DT_RPATH) ?? find(DT_RUNPATH),
  };
}

/** @param {Buffer} bytes */
function readSegments(bytes) {
  const start = Number(bytes.readBigUInt64LE(32));
  const size = bytes.readUInt16LE(54);
  return Array.from({ length: bytes.readUInt16LE(56) }, (_, index) => {
    const at = start + index * size;
    return {
      type: bytes.readUInt32LE(at),
      offset: Number(bytes.readBigUInt64LE(at + 8)),
      address: Number(bytes.readBigUInt64LE(at + 16)),
      size: Number(bytes.readBigUInt64LE(at + 32)),
    };
  });
}
