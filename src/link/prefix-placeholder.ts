import { TcondaError } from '../errors.ts';
import type { FileMode } from '../model/package-info.ts';
import { osOfSubdir } from '../model/subdir.ts';
import { findBytes } from './find-bytes.ts';
import { fitShebang, type LongShebang } from './shebang.ts';

export interface ReplacePrefixOptions {
  readonly mode: FileMode;
  readonly placeholder: string;
  /** The prefix that takes its place, absolute. */
  readonly prefix: string;
  /** The platform that the file is for; it decides on separators and shebangs. */
  readonly subdir: string;
  /** `exec` unless told. */
  readonly longShebang?: LongShebang;
}

/**
 * The content of a file with the prefix in place of the placeholder, in every encoding that packages use. A binary keeps its
 * length: what is lost is made up with NULs at the end of each string. Content without the placeholder comes back as the same
 * object.
 * @throws {TcondaError} `PREFIX_TOO_LONG`: a binary has no room for it
 */
export function replacePrefix(content: Buffer, options: ReplacePrefixOptions): Buffer {
  // A first line may be too long for the system also where nothing is replaced.
  if (options.mode === 'text') return replaceInText(content, options);
  return options.prefix === options.placeholder ? content : replaceInBinary(content, options);
}

const NUL = Buffer.from([0]);

type Encode = (text: string) => Buffer;

const utf16le: Encode = (text) => Buffer.from(text, 'utf16le');
const utf32le: Encode = (text) => {
  const points = Array.from(text, (char) => char.codePointAt(0) ?? 0);
  const bytes = Buffer.alloc(points.length * 4);
  for (const [index, point] of points.entries()) bytes.writeUInt32LE(point, index * 4);
  return bytes;
};
/** With the width of one unit. */
const ENCODINGS: readonly (readonly [encode: Encode, width: number])[] = [
  [(text) => Buffer.from(text), 1],
  [utf16le, 2],
  [(text) => utf16le(text).swap16(), 2],
  [utf32le, 4],
  [(text) => utf32le(text).swap32(), 4],
];

/** A text and what takes its place, in one encoding. */
export interface Encoded {
  readonly from: Buffer;
  readonly to: Buffer;
  /** Bytes of a unit. */
  readonly width: number;
}

let known: { readonly key: string; readonly pairs: readonly Encoded[] } | undefined;

/** The encodings that matter: only with a NUL in it can content hold an absolute path in anything but UTF-8, as each has a slash. */
export function encodedIn(content: Buffer, placeholder: string, prefix: string): readonly Encoded[] {
  const pairs = encoded(placeholder, prefix);
  return findBytes(content, NUL) >= 0 ? pairs : pairs.slice(0, 1);
}

/** Nearly all files of a change have the same two, so that the last ones are remembered. */
function encoded(placeholder: string, prefix: string): readonly Encoded[] {
  const key = `${placeholder}\0${prefix}`;
  if (known?.key !== key) {
    const pairs = ENCODINGS.map(([encode, width]) => ({
      from: encode(placeholder),
      to: encode(prefix),
      width,
    }));
    known = { key, pairs };
  }
  return known.pairs;
}

function replaceInText(content: Buffer, options: ReplacePrefixOptions): Buffer {
  const isWindows = osOfSubdir(options.subdir) === 'win';
  const prefix = isWindows ? options.prefix.replaceAll('\\', '/') : options.prefix;
  let result = isWindows ? content : escapeInShebang(content, options.placeholder, prefix);
  for (const { from, to } of encodedIn(content, options.placeholder, prefix))
    result = replaceAll(result, from, to);
  return isWindows ? result : fitShebang(result, options.subdir, options.longShebang ?? 'exec');
}

/** In a `#!` line a space of the prefix would end the program's name. What follows the name the kernel hands on as it is. */
function escapeInShebang(content: Buffer, placeholder: string, prefix: string): Buffer {
  if (!prefix.includes(' ') || content[0] !== 0x23 || content[1] !== 0x21) return content;
  const { length } = /^#! *[^ \t\r\n]*/.exec(content.toString('latin1', 0, MAX_LINE))?.[0] ?? '';
  const line = content.subarray(0, length);
  const escaped = replaceAll(line, Buffer.from(placeholder), Buffer.from(prefix.replaceAll(' ', '\\ ')));
  return escaped === line ? content : Buffer.concat([escaped, content.subarray(length)]);
}

/** No first line is longer. */
const MAX_LINE = 4096;

/** Content without `from` comes back as the same object. */
export function replaceAll(content: Buffer, from: Buffer, to: Buffer): Buffer {
  let at = from.length === 0 ? -1 : findBytes(content, from);
  if (at < 0) return content;
  const parts: Buffer[] = [];
  let done = 0;
  for (; at >= 0; at = findBytes(content, from, done)) {
    parts.push(content.subarray(done, at), to);
    done = at + from.length;
  }
  parts.push(content.subarray(done));
  return Buffer.concat(parts);
}

function replaceInBinary(content: Buffer, options: ReplacePrefixOptions): Buffer {
  if (osOfSubdir(options.subdir) === 'win') return replaceInLauncher(content, options);
  let result = content;
  const [narrow, ...others] = encoded(options.placeholder, options.prefix);
  const wide = others.filter(({ from }) => from.length > 0 && findBytes(content, from) >= 0);
  // A string of wide characters begins at a multiple of their width: read there, its end is certain.
  for (const pair of wide) result = replaceStrings(result, pair, true);
  for (const pair of narrow === undefined ? wide : [narrow, ...wide]) {
    result = replaceStrings(result, pair, false);
  }
  return result;
}

/**
 * Of each string from a placeholder to its NUL, whether at a multiple of the characters' width or anywhere. One without a NUL is
 * no string, and stays.
 */
function replaceStrings(content: Buffer, { from, to, width }: Encoded, isAligned: boolean): Buffer {
  let at = from.length === 0 ? -1 : findBytes(content, from);
  if (at < 0) return content;
  const nul = Buffer.alloc(width);
  let result = content;
  while (at >= 0) {
    let end = at + from.length;
    if (!isAligned || at % width === 0) {
      end = findBytes(content, nul, end);
      while (isAligned && end >= 0 && end % width !== 0) end = findBytes(content, nul, end + 1);
      if (end < 0) break;
      if (to.length > from.length) {
        throw new TcondaError(
          'PREFIX_TOO_LONG',
          `The path of the environment is ${to.length / width} bytes long; only ${from.length / width} fit`,
        );
      }
      if (result === content) result = Buffer.from(content);
      const replaced = replaceAll(content.subarray(at, end), from, to);
      replaced.copy(result, at);
      result.fill(0, at + replaced.length, end);
      end += width;
    }
    at = findBytes(content, from, end);
  }
  return result;
}

/**
 * Windows programs look for their prefix themselves, but for launchers that end in a zip: the `#!` line before it names the
 * interpreter.
 */
function replaceInLauncher(content: Buffer, options: ReplacePrefixOptions): Buffer {
  const end = content.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  if (end < 0 || end + 22 > content.length) return content;
  const directorySize = content.readUInt32LE(end + 12);
  const directoryOffset = content.readUInt32LE(end + 16);
  const zip = end - directorySize - directoryOffset;
  const start = zip < 0 ? -1 : content.subarray(0, zip).lastIndexOf('#!');
  if (start < 0) return content;
  const line = content.subarray(start, zip);
  const replaced = replaceAll(line, Buffer.from(options.placeholder), Buffer.from(options.prefix));
  if (replaced === line) return content;
  if (replaced.length !== line.length) {
    throw new TcondaError('PREFIX_TOO_LONG', 'The launcher of a script has room only for another path');
  }
  return Buffer.concat([content.subarray(0, start), replaced, content.subarray(zip)]);
}
