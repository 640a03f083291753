import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';

import type { PackedMember } from '../archive/index.ts';

/**
 * The content of an extracted package as members of an archive: everything below `root`. Files that are one on the disk stay
 * one; directories that aren't empty go without saying.
 * @param modes permissions by path, where those on the disk lack what the umask takes
 */
export function listTree(
  root: string,
  modes: ReadonlyMap<string, number> = new Map(),
): readonly PackedMember[] {
  const members: PackedMember[] = [];
  const known = new Map<bigint, string>();
  const walk = (folder: string): void => {
    for (const name of readdirSync(path.join(root, folder)).toSorted()) {
      const at = folder === '' ? name : `${folder}/${name}`;
      const file = path.join(root, at);
      const stats = lstatSync(file, { bigint: true });
      const mode = modes.get(at) ?? Number(stats.mode & 0o777n);
      if (stats.isSymbolicLink()) members.push({ kind: 'symlink', path: at, target: readlinkSync(file) });
      else if (stats.isDirectory()) {
        if (readdirSync(file).length === 0) members.push({ kind: 'directory', path: at, mode });
        walk(at);
      } else {
        const first = stats.nlink > 1n ? known.get(stats.ino) : undefined;
        // Each part of a .conda is a tar of its own: a link can't lead from one to the other.
        if (first !== undefined && isInfo(first) === isInfo(at)) {
          members.push({ kind: 'hardlink', path: at, mode, target: first });
          continue;
        }
        known.set(stats.ino, at);
        members.push({ kind: 'disk-file', path: at, mode, file, size: Number(stats.size) });
      }
    }
  };
  walk('');
  return members;
}

function isInfo(name: string): boolean {
  return name.startsWith('info/');
}
