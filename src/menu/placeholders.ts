import { createHash } from 'node:crypto';
import path from 'node:path';

import type { MenuPlatform } from './parse-menu.ts';

/** What the texts of a menu may name. */
export interface PlaceholderInput {
  /** Absolute. */
  readonly prefix: string;
  readonly rootPrefix: string;
  readonly home: string;
  readonly platform: MenuPlatform;
  /** `3.12`; undefined without a python. */
  readonly pythonMinor: string | undefined;
  /** Relative to the prefix. */
  readonly sitePackages: string | undefined;
}

/** What stands for `{{ NAME }}` in menu files (CEP 11). */
export function menuPlaceholders(input: PlaceholderInput): ReadonlyMap<string, string> {
  const { prefix, rootPrefix, home, platform } = input;
  const isWindows = platform === 'win';
  const bin = isWindows ? 'Library/bin' : 'bin';
  const python = isWindows ? 'python.exe' : 'bin/python';
  return new Map(
    Object.entries({
      PREFIX: prefix,
      BASE_PREFIX: rootPrefix,
      ENV_NAME: prefix === rootPrefix ? 'base' : path.basename(prefix),
      DISTRIBUTION_NAME: path.basename(rootPrefix),
      PYTHON: path.join(prefix, python),
      BASE_PYTHON: path.join(rootPrefix, python),
      MENU_DIR: path.join(prefix, 'Menu'),
      BIN_DIR: path.join(prefix, bin),
      PY_VER: input.pythonMinor ?? 'N.A',
      SP_DIR: input.sitePackages === undefined ? 'N.A' : path.join(prefix, input.sitePackages),
      HOME: home,
      ICON_EXT: isWindows ? 'ico' : platform === 'osx' ? 'icns' : 'png',
      ...(isWindows && {
        SCRIPTS_DIR: path.join(prefix, 'Scripts'),
        PYTHONW: path.join(prefix, 'pythonw.exe'),
        BASE_PYTHONW: path.join(rootPrefix, 'pythonw.exe'),
      }),
      ...(platform === 'osx' && { PYTHONAPP: path.join(prefix, 'python.app/Contents/MacOS/python') }),
    }),
  );
}

/** A text with its placeholders filled in; names that mean nothing stay. */
export function fillPlaceholders(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (written, name: string) => values.get(name) ?? written);
}

/** A name as a file can have it; what has no letter of ASCII gets a digest. */
export function slugOf(text: string): string {
  const slug = text
    .normalize('NFKD')
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(/[\s-]+/g, '-')
    .toLowerCase();
  return slug === '' ? createHash('sha256').update(text).digest('hex').slice(0, 12) : slug;
}
