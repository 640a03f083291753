/** Whether the bytes begin like a program or library of macOS. One that was changed must be signed again to run on arm64. */
export function isMachO(content: Uint8Array): boolean {
  if (content.length < 4) return false;
  const [a = 0, b = 0, c = 0, d = 0] = content;
  return MAGIC.has((((a << 24) | (b << 16) | (c << 8) | d) >>> 0).toString(16));
}

/** 32 and 64 bit in both byte orders, and files for several machines. */
const MAGIC: ReadonlySet<string> = new Set([
  'feedface',
  'feedfacf',
  'cefaedfe',
  'cffaedfe',
  'cafebabe',
  'cafebabf',
]);
