import path from 'node:path';

import { runProgram } from '../io/run-program.ts';
import type { Report } from '../model/event.ts';
import { desktopFolder, type MenuPlaces, mimeFolder } from './menu-places.ts';
import { SETS, UNSETS } from './windows-registry.ts';

export interface TellSystemOptions extends MenuPlaces {
  readonly report: Report;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tells the system of menu files that came or went, with the programs that it has for that: caches of types on Linux, the
 * launch services of macOS, the registry of Windows. Where there are none it finds the files by itself, later.
 */
export async function tellOfMade(files: readonly string[], options: TellSystemOptions): Promise<void> {
  const apps = files.filter((file) => file.endsWith('.app/Contents/Info.plist'));
  for (const file of apps) await run(LSREGISTER, ['-f', path.dirname(path.dirname(file))], options);
  for (const file of files.filter((name) => name.endsWith(SETS))) await run(...importing(file), options);
  await renewCaches(files, options);
}

/** As {@link tellOfMade}, before files go: what the registry was told is taken back. */
export async function tellOfGoing(files: readonly string[], options: TellSystemOptions): Promise<void> {
  for (const file of files.filter((name) => name.endsWith(UNSETS))) await run(...importing(file), options);
}

/** To be called when files are gone. */
export async function renewCaches(files: readonly string[], options: TellSystemOptions): Promise<void> {
  const has = (ending: string): boolean => files.some((file) => file.endsWith(ending));
  if (has('.xml')) await run('update-mime-database', [mimeFolder(options)], options);
  if (has('.desktop')) await run('update-desktop-database', [desktopFolder(options)], options);
}

const LSREGISTER =
  '/System/Library/Frameworks/CoreServices.framework/Frameworks/LaunchServices.framework/Support/lsregister';

function importing(file: string): readonly [string, readonly string[]] {
  return ['reg.exe', ['import', file]];
}

async function run(program: string, args: readonly string[], options: TellSystemOptions): Promise<void> {
  const { env, home: cwd, signal } = options;
  const { kind, code, output } = await runProgram(program, args, { env, cwd, signal });
  if (kind === 'unstarted' || code === 0) return;
  const text = `${path.basename(program)} ended with ${code}${output === '' ? '' : `: ${output}`}`;
  options.report({ kind: 'warning', code: 'NO_SHORTCUT', text });
}
