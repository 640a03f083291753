/**
 * Where `wanted` begins in the content, at `from` or behind it; -1 where it is not. As `indexOf`, which does not see what lies
 * beyond the first 2 GiB.
 * @param piece so many bytes are searched by one call
 */
export function findBytes(content: Buffer, wanted: Buffer, from = 0, piece = PIECE): number {
  if (content.length <= piece) return content.indexOf(wanted, from);
  for (let at = from; at < content.length; at += piece) {
    const found = content.subarray(at, at + piece + wanted.length - 1).indexOf(wanted);
    if (found >= 0) return at + found;
  }
  return -1;
}

const PIECE = 2 ** 30;
