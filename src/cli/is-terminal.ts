import { fstatSync, readlinkSync, statSync } from 'node:fs';

/**
 * Whether a descriptor is a terminal, as far as that shows without Node's own answer, which loads its streams and network and takes as
 * long as all the rest of a small command.
 */
export function isTerminal(descriptor: number): boolean {
  return look(descriptor) ?? process.getBuiltinModule('node:tty').isatty(descriptor);
}

/** Undefined where it doesn't show. */
function look(descriptor: number): boolean | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isCharacterDevice() || stats.rdev === statSync('/dev/null').rdev) return false;
    return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('/dev/pts/') ? true : undefined;
  } catch {
    return undefined;
  }
}
