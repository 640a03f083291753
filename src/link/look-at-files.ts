import { lstatSync, readlinkSync } from 'node:fs';

/** What stands where a package should have its files, by their numbers. */
export interface LookedAt {
  readonly kinds: readonly ('missing' | 'file' | 'symlink' | 'directory')[];
  /** Bytes, of files. */
  readonly sizes: readonly number[];
  /** Texts of symlinks, by number. */
  readonly targets: ReadonlyMap<number, string>;
}

export interface LookTask {
  /** An extracted package. */
  readonly directory: string;
  /** Relative to it, with a NUL behind each: one long text travels to a thread much faster than many short ones. */
  readonly names: string;
}

/** Looks at every file of an extracted package. */
export function lookAtFiles({ directory, names }: LookTask): LookedAt {
  const kinds: LookedAt['kinds'][number][] = [];
  const sizes: number[] = [];
  const targets = new Map<number, string>();
  for (const [index, name] of names.split('\0').slice(0, -1).entries()) {
    const stats = lstatSync(`${directory}/${name}`, NO_THROW);
    sizes.push(stats?.size ?? 0);
    if (stats === undefined) kinds.push('missing');
    else if (stats.isDirectory()) kinds.push('directory');
    else if (!stats.isSymbolicLink()) kinds.push('file');
    else {
      kinds.push('symlink');
      targets.set(index, readlinkSync(`${directory}/${name}`));
    }
  }
  return { kinds, sizes, targets };
}

const NO_THROW = { throwIfNoEntry: false } as const;
