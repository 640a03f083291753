import type { PackageName } from './package-name.ts';

declare const sha256: unique symbol;
declare const md5: unique symbol;

/** Lowercase hex SHA-256. */
export type Sha256 = string & { readonly [sha256]: true };

/** Lowercase hex MD5. */
export type Md5 = string & { readonly [md5]: true };

/** How a package without a platform is to be installed. */
export type NoArchType = 'generic' | 'python';

/** One entry of `repodata.json`, in conda's spelling and normalized: lists are lists, no value is null (CEP 36). */
export interface PackageRecord {
  readonly name: PackageName;
  readonly version: string;
  readonly build: string;
  readonly build_number: number;
  readonly subdir: string;
  readonly depends: readonly string[];
  readonly constrains: readonly string[];
  readonly noarch?: NoArchType;
  /** Milliseconds since 1970. */
  readonly timestamp?: number;
  /** Milliseconds since 1970, set by the server (CEP 47). */
  readonly indexed_timestamp?: number;
  readonly track_features?: readonly string[];
  readonly features?: string;
  readonly license?: string;
  readonly license_family?: string;
  readonly arch?: string;
  readonly platform?: string;
  readonly md5?: Md5;
  readonly sha256?: Sha256;
  /** Bytes of the archive. */
  readonly size?: number;
  readonly legacy_bz2_md5?: Md5;
  readonly legacy_bz2_size?: number;
  /** Where this python keeps its packages, relative to the prefix (CEP 17). */
  readonly python_site_packages_path?: string;
  /** Optional dependency groups (CEP 44). */
  readonly extra_depends?: Readonly<Record<string, readonly string[]>>;
  /** CEP 45. */
  readonly flags?: readonly string[];
}

/** A {@link PackageRecord} that knows where its archive is. No field holds a credential. */
export interface RepoDataRecord extends PackageRecord {
  /** File name of the archive, with extension. */
  readonly fn: string;
  readonly url: string;
  /** Base URL of the channel, without subdir and final slash. */
  readonly channel: string;
  /** The channel's canonical name, as people see it: `conda-forge`. */
  readonly schannel: string;
  /** Only name and place of the archive are known, as from a list of URLs; what it says of itself is read once it is there. */
  readonly isUnread?: true;
}

/** A property of the machine that packages may depend on, as if it were a package (CEP 30). */
export interface VirtualPackage {
  readonly name: PackageName;
  readonly version: string;
  readonly build: string;
}

/** `name-version-build`: the stem of file names, and how people point at one record. */
export function formatDistName(record: Pick<PackageRecord, 'name' | 'version' | 'build'>): string {
  return `${record.name}-${record.version}-${record.build}`;
}
