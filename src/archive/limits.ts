import { TcondaError } from '../errors.ts';

/** What a package may at most be. Above is an attack or a mistake. */
export interface ArchiveLimits {
  /** Bytes of all files together. */
  readonly bytes: number;
  /** Times the archive's size, once there is more than `unsuspicious`. */
  readonly ratio: number;
  /** So many bytes may come out of any archive, however small it is and whatever it says of itself. */
  readonly unsuspicious: number;
  readonly members: number;
  /** Bytes of a path. */
  readonly pathLength: number;
}

/** Bytes of a single file of metadata, whatever else is allowed: it is read as a whole. */
export const MAX_METADATA_FILE = 64 * 1024 * 1024;

/** Far above any real package, the largest of which unpack to several GiB. */
export const DEFAULT_LIMITS: ArchiveLimits = {
  bytes: 64 * 1024 ** 3,
  ratio: 1000,
  unsuspicious: 1024 ** 3,
  members: 5_000_000,
  pathLength: 4096,
};

/** Counts what comes out of an archive of `archiveSize` bytes (what its record says, if it has one) against its limits. */
export class ArchiveMeter {
  readonly #limits: ArchiveLimits;
  #maxBytes: number;
  #bytes = 0;
  #members = 0;

  constructor(archiveSize: number, limits: ArchiveLimits) {
    this.#limits = limits;
    this.#maxBytes = Math.min(limits.bytes, Math.max(limits.unsuspicious, archiveSize * limits.ratio));
  }

  /** The most bytes that may still come out of decompression, headers and padding of the tar included. */
  get maxStreamBytes(): number {
    return this.#maxBytes + this.#limits.members * 3 * 512;
  }

  /** The list of the files that are yet to come says that they have `bytes` together. Twice as many are a lie that fills the disk. */
  expect(bytes: number): void {
    const more = Math.max(this.#limits.unsuspicious, bytes * 2);
    this.#maxBytes = Math.min(this.#maxBytes, this.#bytes + more);
  }

  /** @throws {TcondaError} `UNSAFE_ARCHIVE` */
  addMember(path: string, bytes: number): void {
    this.#members += 1;
    this.#bytes += bytes;
    if (this.#members > this.#limits.members) {
      throw new TcondaError('UNSAFE_ARCHIVE', `more than ${this.#limits.members} members`);
    }
    if (this.#bytes > this.#maxBytes) {
      throw new TcondaError('UNSAFE_ARCHIVE', `unpacks to more than ${this.#maxBytes} bytes`);
    }
    if (path.length > this.#limits.pathLength || Buffer.byteLength(path) > this.#limits.pathLength) {
      throw new TcondaError('UNSAFE_ARCHIVE', `a path is longer than ${this.#limits.pathLength} bytes`);
    }
  }
}
