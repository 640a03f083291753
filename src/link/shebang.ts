import { osOfSubdir } from '../model/subdir.ts';

/**
 * What becomes of a `#!` line that the system would not accept: `exec` keeps it working outside an activated environment, by
 * a line that is a comment to python and a command to sh; `env` looks for the program on PATH, as conda does.
 */
export type LongShebang = 'exec' | 'env';

/** More bytes than this in the first line, `#!` included, the kernel cuts off. */
export function shebangLimit(subdir: string): number {
  return osOfSubdir(subdir) === 'linux' ? 127 : 512;
}

/**
 * Replaces the `#!` line of a script that is too long or has an escaped space in its program. Other content comes back as
 * the same object.
 */
export function fitShebang(content: Buffer, subdir: string, form: LongShebang): Buffer {
  if (content[0] !== HASH || content[1] !== BANG) return content;
  const end = content.indexOf(NEWLINE);
  const line = content.toString('latin1', 0, end < 0 ? content.length : end);
  const match = SHEBANG.exec(line);
  if (match === null) return content;
  const [, program = '', options = ''] = match;
  const slash = program.lastIndexOf('/');
  // A space in the program's own name is the package's affair, as in conda; one before it is the prefix's.
  if (line.length <= shebangLimit(subdir) && !program.slice(0, slash).includes('\\ ')) return content;
  const name = program.slice(slash + 1);
  const replacement =
    form === 'exec' && isPythonName(name)
      ? execLines(program.replaceAll('\\ ', ' '), options)
      : `#!/usr/bin/env ${name}${options}`;
  return Buffer.concat([Buffer.from(replacement, 'latin1'), content.subarray(line.length)]);
}

/** The first line or lines of a script for `program`, with the newline. */
export function formatShebang(program: string, subdir: string, form: LongShebang): string {
  const line = `#!${program}\n`;
  if (Buffer.byteLength(line) <= shebangLimit(subdir) && !program.includes(' ')) return line;
  if (form === 'env') return `#!/usr/bin/env ${program.slice(program.lastIndexOf('/') + 1)}\n`;
  return `${execLines(program, '')}\n`;
}

/** `python`, `python3`, `python3.12` */
export function isPythonName(name: string): boolean {
  return /^python(?:\d+(?:\.\d+)?)?$/.test(name);
}

const HASH = 0x23;
const BANG = 0x21;
const NEWLINE = 0x0a;
/** Program, with escaped spaces; then options with the blank before them. */
const SHEBANG = /^#! *(\/(?:\\ |[^ \n\r\t])*)(.*)$/s;

function execLines(program: string, options: string): string {
  const quoted = program.replaceAll(/["$`\\]/g, '\\$&');
  return `#!/bin/sh\n'''exec' "${quoted}"${options} "$0" "$@" #'''`;
}
