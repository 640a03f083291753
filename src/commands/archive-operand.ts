import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { TcondaError } from '../errors.ts';

/**
 * The path of the archive that an operand of `package …` names: a path, or a `file:` URL.
 * @throws {TcondaError} `INVALID_VALUE` for what is neither
 */
export function archivePath(text: string, cwd: string): string {
  if (text === '') throw new TcondaError('INVALID_VALUE', 'The name of a package is empty');
  if (text === '-') {
    throw new TcondaError('INVALID_VALUE', 'A package is not read from the standard input', {
      hint: 'Its end is read before its beginning; save it to a file',
    });
  }
  if (isRemote(text)) {
    throw new TcondaError('INVALID_VALUE', 'A package at a URL can only be inspected', {
      hint: 'Download it, or use tconda package inspect',
    });
  }
  if (!/^file:/i.test(text)) return path.resolve(cwd, text);
  try {
    return fileURLToPath(text);
  } catch (cause) {
    throw new TcondaError('INVALID_VALUE', `${text} is not the URL of a file on this machine`, { cause });
  }
}

/** Whether an operand is a URL that leads off this disk. */
export function isRemote(text: string): boolean {
  return /^(?!file:)[a-z][a-z0-9+.-]+:\/\//i.test(text);
}
