import type { FileMode } from './package-info.ts';
import { formatDistName, type PackageRecord, type RepoDataRecord } from './package-record.ts';

/** What a path of an installed package is (CEP 32). */
export type PrefixPathType =
  | 'hardlink'
  | 'softlink'
  | 'directory'
  | 'unix_python_entry_point'
  | 'windows_python_entry_point_script'
  | 'windows_python_entry_point_exe'
  | 'pyc_file'
  | 'linked_package_record';

/** One path of an installed package, as it is in the prefix (CEP 32). */
export interface PrefixPath {
  readonly _path: string;
  readonly path_type: PrefixPathType;
  /** Digest as shipped. */
  readonly sha256?: string;
  /** Digest of what stands in the prefix. */
  readonly sha256_in_prefix?: string;
  readonly size_in_bytes?: number;
  readonly prefix_placeholder?: string;
  readonly file_mode?: FileMode;
  readonly no_link?: boolean;
  /** Where the package wanted the file, when another package's file has that place. */
  readonly original_path?: string;
}

/** How most files of a package came into the prefix. */
export const LINK_TYPES = { hardlink: 1, softlink: 2, copy: 3, directory: 4 } as const;

/** A {@link RepoDataRecord} as linked into a prefix: one file in `conda-meta/`. */
export interface PrefixRecord extends RepoDataRecord {
  /** Every installed path, `/` separated, relative to the prefix. */
  readonly files: readonly string[];
  readonly paths_data: { readonly paths_version: number; readonly paths: readonly PrefixPath[] };
  readonly link?: { readonly source: string; readonly type: number };
  readonly package_tarball_full_path?: string;
  readonly extracted_package_dir?: string;
  readonly package_type?: string;
  /** What the user asked for, when they asked for this package; empty for a dependency. */
  readonly requested_specs: readonly string[];
  /** Keys that another client wrote and we have no name for. They stay when the record is written again. */
  readonly unknown?: Readonly<Record<string, unknown>>;
}

/** Everything that is known of an environment: its directory and what is linked into it. */
export interface PrefixData {
  /** Absolute path. */
  readonly prefix: string;
  readonly exists: boolean;
  readonly records: readonly PrefixRecord[];
  /** Name to spec text: what was asked for over the life of the environment, as `conda-meta/history` has it. */
  readonly history: ReadonlyMap<string, string>;
  /** How long the history is, in bytes: every change makes it longer. Undefined where there is none. */
  readonly historySize?: number;
  /** The lines of `conda-meta/pinned`. */
  readonly pinned: readonly string[];
  /** Set when something stands at the prefix that is no environment: a file, or a directory with other things in it. */
  readonly isForeign?: boolean;
  /** What is linked into the environment whose place this one, which is not there yet, takes. */
  readonly replaced?: readonly PrefixRecord[];
}

/** The file of a record, relative to the prefix. */
export function prefixRecordPath(record: Pick<PackageRecord, 'name' | 'version' | 'build'>): string {
  return `conda-meta/${formatDistName(record)}.json`;
}
