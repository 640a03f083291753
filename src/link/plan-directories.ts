import { TcondaError } from '../errors.ts';
import { parentOf, type PrefixTree } from './prefix-tree.ts';

/** The directories with nothing in them but what goes: they are moved with all they hold, which is one step and not thousands. */
export function goneDirectories(gone: ReadonlySet<string>, tree: PrefixTree): Set<string> {
  const whole = new Set<string>();
  for (const directory of parentsOf([...gone])) {
    const isWhole = tree.namesIn(directory).every((name) => {
      const path = `${directory}/${name}`;
      return gone.has(path) || whole.has(path);
    });
    if (isWhole) whole.add(directory);
  }
  return whole;
}

/** The directories that must be made, outer ones first. */
export function missingDirectories(
  wanted: Iterable<string>,
  leaving: ReadonlySet<string>,
  isCreated: (path: string) => boolean,
  tree: PrefixTree,
): string[] {
  const missing = new Set<string>();
  // `conda-meta` is always there: the lock lies in it.
  const visited = new Set(['', 'conda-meta']);
  const visit = (directory: string): void => {
    if (visited.has(directory)) return;
    visited.add(directory);
    visit(parentOf(directory));
    if (isCreated(directory)) {
      throw new TcondaError('CLOBBER', `${directory} is a file of one package and a directory of another`);
    }
    const kind = missing.has(parentOf(directory)) ? 'missing' : tree.kindOf(directory);
    if (kind === 'directory' && !leaving.has(directory)) return;
    if (kind !== 'missing' && !leaving.has(directory)) {
      throw new TcondaError('CLOBBER', `${directory} is a file; a package needs a directory there`);
    }
    missing.add(directory);
  };
  for (const directory of wanted) visit(directory);
  return [...missing];
}

/** Directories where a file goes. All that is in them must leave. */
export function replacedDirectories(
  created: readonly string[],
  leaving: ReadonlySet<string>,
  tree: PrefixTree,
): string[] {
  if (tree.isEmpty) return [];
  const replaced: string[] = [];
  const visit = (directory: string): void => {
    for (const name of tree.namesIn(directory)) {
      const path = `${directory}/${name}`;
      if (tree.kindOf(path) === 'directory') visit(path);
      else if (!leaving.has(path)) {
        throw new TcondaError(
          'CLOBBER',
          `${path} is in the way: a package needs a file in place of its directory`,
        );
      }
    }
    replaced.push(directory);
  };
  for (const place of created) if (tree.kindOf(place) === 'directory') visit(place);
  return replaced;
}

/** The directories that these files are in. */
export function directoriesWith(files: Iterable<string>): Set<string> {
  const directories = new Set<string>();
  let last = '';
  for (const file of files) {
    // The files of a directory come one after the other.
    if (file.lastIndexOf('/') === last.length && file.startsWith(last)) continue;
    last = parentOf(file);
    directories.add(last);
  }
  return directories;
}

/** Every directory above the files, inner ones first. */
export function parentsOf(files: readonly string[]): string[] {
  const parents = new Set<string>();
  for (const file of files) {
    for (let parent = parentOf(file); parent !== '' && !parents.has(parent); parent = parentOf(parent)) {
      parents.add(parent);
    }
  }
  parents.delete('conda-meta');
  return [...parents].toSorted((left, right) => right.split('/').length - left.split('/').length);
}
