import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** Every path below `directory`, relative and sorted, with what tells it from another: kind, permissions, content. */
export function treeOf(directory: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }).toSorted()) {
    const file = path.join(directory, name);
    const stats = lstatSync(file);
    if (stats.isSymbolicLink()) found.set(name, `-> ${readlinkSync(file)}`);
    else if (stats.isDirectory()) found.set(name, 'directory');
    else {
      const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
      found.set(name, `${(stats.mode & 0o777).toString(8)} ${digest}`);
    }
  }
  return found;
}
