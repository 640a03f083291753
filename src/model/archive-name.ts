/** The extensions of packages. */
export type ArchiveExtension = '.conda' | '.tar.bz2';

/** What the file name of a package says. */
export interface ArchiveName {
  readonly name: string;
  readonly version: string;
  readonly build: string;
  readonly extension: ArchiveExtension;
}

/**
 * Splits `name-version-build.conda` or `.tar.bz2`; undefined for what is no such name. Only the name may contain `-` (CEP 26).
 * A file can be renamed: what its package or the channel says counts more.
 */
export function parseArchiveName(fileName: string): ArchiveName | undefined {
  const match = /^([^/\\]+)-([^-/\\]+)-([^-/\\]+)(\.conda|\.tar\.bz2)$/.exec(fileName);
  if (match === null) return undefined;
  const [, name = '', version = '', build = '', extension] = match;
  return { name, version, build, extension: extension === '.conda' ? '.conda' : '.tar.bz2' };
}
