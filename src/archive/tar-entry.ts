/** What a member of a tar becomes on disk. */
export type TarKind = 'file' | 'directory' | 'symlink' | 'hardlink';

/** A member of a tar, as stored. Nothing about its path is checked. */
export interface TarEntry {
  readonly kind: TarKind;
  readonly path: string;
  /** Bytes of a file once it is written; 0 for what is no file. */
  readonly size: number;
  /** Permission bits, setuid, setgid and sticky among them. */
  readonly mode: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** Where a symlink or hardlink leads; empty otherwise. */
  readonly target: string;
}
