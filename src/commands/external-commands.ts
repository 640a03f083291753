import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

import { namesIn } from '../io/names-in.ts';
import type { Host } from '../host/index.ts';

/** The program that is a command of another's: `tconda-foo` on PATH is `tconda foo`; what was written for conda is the second choice. */
export function findExternal(name: string, host: Pick<Host, 'env' | 'platform'>): string | undefined {
  if (!/^[A-Za-z0-9][\w-]*$/.test(name)) return undefined;
  const names = TOOLS.flatMap((tool) => suffixesOf(host).map((suffix) => `${tool}-${name}${suffix}`));
  return names.flatMap((file) => foldersOf(host).map((folder) => path.join(folder, file))).find(isProgram);
}

/** Every such program by the name of its command, as `findExternal` finds it. */
export function findExternals(host: Pick<Host, 'env' | 'platform'>): ReadonlyMap<string, string> {
  const pattern = new RegExp(
    `^(?:${TOOLS.join('|')})-([A-Za-z0-9][\\w-]*)(?:${suffixesOf(host).join('|')})$`,
  );
  const names = foldersOf(host).flatMap((folder) =>
    namesIn(folder).flatMap((file) => pattern.exec(file)?.[1] ?? []),
  );
  const found = [...new Set(names)].toSorted().map((name) => [name, findExternal(name, host)] as const);
  return new Map(found.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

const TOOLS = ['tconda', 'conda'];

function suffixesOf({ platform }: Pick<Host, 'platform'>): readonly string[] {
  return platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
}

function foldersOf({ env }: Pick<Host, 'env'>): readonly string[] {
  return (env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** What a child inherits. */
export function inheritedEnvironment({ env }: Pick<Host, 'env'>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
