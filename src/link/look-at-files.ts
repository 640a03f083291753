import { lstatSync, readlinkSync } from 'node:fs';

/** What stands at a path. */
export const FOUND = { missing: 0, file: 1, symlink: 2, directory: 3 } as const;

/** What stands where a package should have its files, by their numbers. */
export interface LookedAt {
  /** Of each one of `FOUND`. */
  readonly kinds: Uint8Array;
  /** Bytes, of files. */
  readonly sizes: Float64Array;
  /** Texts of symlinks, by number. */
  readonly targets: ReadonlyMap<number, string>;
}

export interface LookTask {
  /** An extracted package. */
  readonly directory: string;
  /** Relative to it, with a NUL behind each: one long text travels to a thread much faster than many short ones. */
  readonly names: string;
  /** How many names there are, directories included. */
  readonly count: number;
}

/** Looks at every file of an extracted package. */
export function lookAtFiles({ directory, names }: LookTask): LookedAt {
  const list = names.split('\0').slice(0, -1);
  const kinds = new Uint8Array(list.length);
  const sizes = new Float64Array(list.length);
  const targets = new Map<number, string>();
  for (const [index, name] of list.entries()) {
    const stats = lstatSync(`${directory}/${name}`, NO_THROW);
    if (stats === undefined) continue;
    sizes[index] = stats.size;
    if (stats.isDirectory()) kinds[index] = FOUND.directory;
    else if (!stats.isSymbolicLink()) kinds[index] = FOUND.file;
    else {
      kinds[index] = FOUND.symlink;
      targets.set(index, readlinkSync(`${directory}/${name}`));
    }
  }
  return { kinds, sizes, targets };
}

const NO_THROW = { throwIfNoEntry: false } as const;
