import type { RepoDataRecord } from './package-record.ts';

/** A verified archive in a package cache, or an entry that is extracted there already. */
export interface CachedArchive {
  readonly record: RepoDataRecord;
  /** Absolute path of the archive; undefined when only the extracted directory is there. */
  readonly archive: string | undefined;
  /** Where it is, or is to be, extracted. */
  readonly directory: string;
  readonly isExtracted: boolean;
}

/** A package lying open in the cache, ready to be linked. */
export interface ExtractedPackage {
  readonly record: RepoDataRecord;
  readonly archive: string | undefined;
  readonly directory: string;
}
