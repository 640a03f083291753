import type { NoArchType, PackageRecord } from './package-record.ts';

/** `info/index.json` of an archive (CEP 34): a {@link PackageRecord} before the channel added to it. */
export type IndexJson = Omit<
  PackageRecord,
  'md5' | 'sha256' | 'size' | 'legacy_bz2_md5' | 'legacy_bz2_size' | 'indexed_timestamp'
> & { readonly schema_version?: number };

/** Whether a prefix in a file is replaced as text, or in place with zero bytes behind it. */
export type FileMode = 'text' | 'binary';

/** One path of a package, as shipped. */
export interface PathEntry {
  /** Relative, `/` separated. */
  readonly _path: string;
  readonly path_type: 'hardlink' | 'softlink' | 'directory';
  readonly file_mode?: FileMode;
  /** The text that stands for the prefix in this file; absent when there is none. */
  readonly prefix_placeholder?: string;
  readonly no_link?: boolean;
  readonly sha256?: string;
  readonly size_in_bytes?: number;
}

/** `info/paths.json`; version 0 when it was put together from older files. */
export interface PathsJson {
  readonly paths_version: 0 | 1;
  readonly paths: readonly PathEntry[];
}

/** `info/link.json`. */
export interface LinkJson {
  readonly noarch?: {
    readonly type: NoArchType;
    /** `command = module.path:function` */
    readonly entry_points: readonly string[];
  };
}

/** What linking must know of an extracted package besides its record. */
export interface PackageInfo {
  readonly paths: PathsJson;
  readonly link: LinkJson;
}

/** `info/run_exports.json`: what packages built with this one are to depend on (CEP 12). */
export interface RunExportsJson {
  readonly weak?: readonly string[];
  readonly strong?: readonly string[];
  readonly weak_constrains?: readonly string[];
  readonly strong_constrains?: readonly string[];
  readonly noarch?: readonly string[];
}
