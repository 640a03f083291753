import { TcondaError } from '../errors.ts';
import { formatShebang, type LongShebang } from './shebang.ts';

/** A command that calls a function of a python module. */
export interface EntryPoint {
  readonly command: string;
  /** `some.module` */
  readonly module: string;
  /** `main`, `Class.method` */
  readonly function: string;
}

/**
 * Parses `command = module.path:function`.
 * @throws {TcondaError} `INVALID_PACKAGE`: not of this form, or a command that is no plain file name
 */
export function parseEntryPoint(text: string): EntryPoint {
  const equals = text.indexOf('=');
  const command = text.slice(0, Math.max(0, equals)).trim();
  const target = text
    .slice(equals + 1)
    .trim()
    .replace(/^(["'])(.*)\1$/s, '$2');
  const colon = target.lastIndexOf(':');
  const module = target.slice(0, Math.max(0, colon)).trim();
  const name = target.slice(colon + 1).trim();
  if (equals < 0 || colon < 0 || !isCommand(command) || !isImportPath(module) || !isImportPath(name)) {
    throw new TcondaError(
      'INVALID_PACKAGE',
      `entry point '${text}' is not of the form command = module:function`,
    );
  }
  return { command, module, function: name };
}

/** Whether the text is a dotted path of python identifiers, none of them a keyword. */
export function isImportPath(text: string): boolean {
  return text.split('.').every((part) => IDENTIFIER.test(part) && !KEYWORDS.has(part));
}

/** The script of an entry point. `python` is the absolute path of the interpreter; none for a script with a launcher. */
export function formatEntryPointScript(
  entryPoint: EntryPoint,
  python: string | undefined,
  subdir: string,
  form: LongShebang = 'exec',
): string {
  const first = entryPoint.function.split('.', 1)[0] ?? '';
  return `${python === undefined ? '' : formatShebang(python, subdir, form)}# -*- coding: utf-8 -*-
import re
import sys

from ${entryPoint.module} import ${first}

if __name__ == '__main__':
    sys.argv[0] = re.sub(r'(-script\\.pyw?|\\.exe)?$', '', sys.argv[0])
    sys.exit(${entryPoint.function}())
`;
}

// oxlint-disable-next-line no-control-regex -- NUL ends a path for the system
const NOT_COMMAND = /^\.|[/\\\0\r\n]|^$/;

function isCommand(text: string): boolean {
  return !NOT_COMMAND.test(text);
}

const IDENTIFIER = /^[\p{XID_Start}_][\p{XID_Continue}]*$/u;
const KEYWORDS: ReadonlySet<string> = new Set(
  `False None True and as assert async await break class continue def del elif else except finally for from global if import
   in is lambda nonlocal not or pass raise return try while with yield`.split(/\s+/),
);
