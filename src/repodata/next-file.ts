import { skipSpace } from './json-skipper.ts';
import { hasPackageExtension } from './record-runs.ts';

/** Whether from `start` on there is nothing but a comma and the file name whose record begins with the `{` at `open`. */
export function isFollowedByFile(bytes: Buffer, start: number, open: number): boolean {
  let at = skipSpace(bytes, start);
  if (bytes[at] !== COMMA) return false;
  at = skipSpace(bytes, at + 1);
  if (bytes[at] !== QUOTE) return false;
  let keyEnd = at + 1;
  while (keyEnd < open && bytes[keyEnd] !== QUOTE && bytes[keyEnd] !== BACKSLASH) keyEnd += 1;
  if (bytes[keyEnd] !== QUOTE || !hasPackageExtension(bytes, keyEnd)) return false;
  at = skipSpace(bytes, keyEnd + 1);
  return bytes[at] === COLON && skipSpace(bytes, at + 1) === open;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
