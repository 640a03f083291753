import { createHash } from 'node:crypto';

import type { PrefixPath } from '../model/prefix-record.ts';
import { osOfSubdir } from '../model/subdir.ts';
import { findBytes } from './find-bytes.ts';
import { signMachO } from './mach-o-signature.ts';
import { type Encoded, encodedIn, replaceAll, replacePrefix } from './prefix-placeholder.ts';

export interface RelocateContentOptions {
  /** Where the file's environment is and where it will be, absolute. */
  readonly from: string;
  readonly to: string;
  readonly subdir: string;
  /** The file as its package ships it, if that is still at hand. */
  readonly findShipped: () => Buffer | undefined;
}

/**
 * The content of an installed file for another prefix. It is made of the file as shipped, which is found by putting the
 * placeholder back and proved by its digest; a file that somebody changed keeps the changes. Content that names no prefix comes
 * back as the same object.
 * @throws {TcondaError} `PREFIX_TOO_LONG`
 */
export function relocateContent(content: Buffer, entry: PrefixPath, options: RelocateContentOptions): Buffer {
  const { from, to, subdir } = options;
  const { prefix_placeholder: placeholder, file_mode: mode = 'text' } = entry;
  if (placeholder === undefined) {
    return entry.path_type.endsWith('entry_point')
      ? replacePrefix(content, { mode: 'text', placeholder: from, prefix: to, subdir })
      : content;
  }
  const restored =
    mode === 'text'
      ? encodedIn(content, from, placeholder).reduce(
          (text, pair) => replaceAll(text, pair.from, pair.to),
          content,
        )
      : restoreStrings(content, from, placeholder);
  const shipped = isShipped(restored, entry)
    ? restored
    : digest(content) === entry.sha256_in_prefix
      ? options.findShipped()
      : undefined;
  const isAsShipped = shipped !== undefined && isShipped(shipped, entry);
  if (mode === 'text') {
    return isAsShipped
      ? replacePrefix(shipped, { mode, placeholder, prefix: to, subdir })
      : relocateText(content, options);
  }
  const replaced = replacePrefix(isAsShipped ? shipped : (restored ?? content), {
    mode,
    placeholder,
    prefix: to,
    subdir,
  });
  if (osOfSubdir(subdir) !== 'osx' || replaced === content) return replaced;
  const path = entry.original_path ?? entry._path;
  return signMachO(replaced, path.slice(path.lastIndexOf('/') + 1));
}

/** A text with the one path in place of the other wherever that is a whole path or the beginning of one. */
export function relocateText(
  content: Buffer,
  { from, to, subdir }: Pick<RelocateContentOptions, 'from' | 'to' | 'subdir'>,
): Buffer {
  const old = Buffer.from(from);
  // What only begins like it, such as `/envs/py2` for `/envs/py`, is kept from the replacement.
  const shield = Buffer.from([0]);
  const parts: Buffer[] = [];
  let done = 0;
  for (let at = content.indexOf(old); at >= 0; at = content.indexOf(old, at + old.length)) {
    if (endsPath(content, at + old.length)) continue;
    parts.push(
      content.subarray(done, at + old.length - 1),
      shield,
      content.subarray(at + old.length - 1, at + old.length),
    );
    done = at + old.length;
  }
  if (parts.length === 0 || content.includes(0))
    return replacePrefix(content, { mode: 'text', placeholder: from, prefix: to, subdir });
  const shielded = Buffer.concat([...parts, content.subarray(done)]);
  const moved = replacePrefix(shielded, { mode: 'text', placeholder: from, prefix: to, subdir });
  return replaceAll(moved, shield, Buffer.alloc(0));
}

function endsPath(content: Buffer, at: number): boolean {
  const next = content.subarray(at, at + 2).toString('latin1');
  return !/^(?:[\w\-\x80-\xff]|\.\w)/.test(next);
}

function isShipped(content: Buffer | undefined, entry: PrefixPath): content is Buffer {
  return content !== undefined && entry.sha256 !== undefined && digest(content) === entry.sha256;
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The NULs behind a string take back the room that the placeholder had; undefined where they are not. */
function restoreStrings(content: Buffer, from: string, placeholder: string): Buffer | undefined {
  let result: Buffer | undefined = content;
  for (const pair of encodedIn(content, from, placeholder)) {
    if (result !== undefined) result = restoreEncoded(result, pair);
  }
  return result;
}

function restoreEncoded(content: Buffer, { from, to, width }: Encoded): Buffer | undefined {
  const nul = Buffer.alloc(width);
  const result = Buffer.from(content);
  for (let at = findBytes(content, from); at >= 0;) {
    let end = findBytes(content, nul, at);
    while (end >= 0 && (end - at) % width !== 0) end = findBytes(content, nul, end + 1);
    if (end < 0) break;
    const restored = replaceAll(content.subarray(at, end), from, to);
    const room = at + restored.length;
    if (content.subarray(end, room).some((byte) => byte !== 0)) return undefined;
    if (room > content.length) return undefined;
    restored.copy(result, at);
    at = findBytes(content, from, Math.max(room, end));
  }
  return result;
}
