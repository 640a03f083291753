import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

/**
 * Which environments use which extracted packages, as their records say: however the files came into the environment, by hard
 * link, symlink, copy or reflink. Keys are real paths; packages that are no more are left out.
 */
export function findPackageUsers(prefixes: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const prefix of prefixes) {
    for (const directory of packagesOf(path.join(prefix, 'conda-meta'))) {
      const found = users.get(directory);
      if (found === undefined) users.set(directory, [prefix]);
      else if (!found.includes(prefix)) found.push(prefix);
    }
  }
  return users;
}

function packagesOf(folder: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      // Records may hold tens of thousands of paths; only one of their fields matters.
      const [, text = '""'] = FIELD.exec(readFileSync(path.join(folder, name), 'utf8')) ?? [];
      const directory = JSON.parse(text) as string;
      return directory === '' ? [] : [realpathSync(directory)];
    } catch {
      return [];
    }
  });
}

const FIELD = /"extracted_package_dir":\s*("(?:[^"\\\n]|\\.)*")/;
