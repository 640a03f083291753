import {
  chmodSync,
  closeSync,
  copyFileSync,
  ftruncateSync,
  futimesSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { quotePath } from './quote-path.ts';
import { parseMemberPath } from './safe-path.ts';
import type { TarEntry } from './tar-entry.ts';
import type { TarSink } from './tar-reader.ts';

export interface TreeWriterOptions {
  readonly windows: boolean;
  /** Permissions that directories have whatever their members say; the umask is respected. */
  readonly directoryBits: number;
  /** Throws when a member may not be in this part of the package, or is one too many. */
  readonly check: (path: string, entry: TarEntry) => void;
}

type Node = 'file' | 'symlink' | 'directory';

/** 1980-01-01: some file systems and ZIP know nothing earlier. */
const EARLIEST = 315_532_800;

/** Else nobody but root could copy a file into an environment. */
const OWNER_READS = 0o400;

/**
 * Writes the members of a package's tars into a fresh directory that nobody else writes to, synchronously.
 *
 * Keeps in memory what it made, and goes by that: a member's parents are directories it made itself, never links; a hardlink leads
 * to a file it wrote; nothing is written twice. So no member can reach outside, whatever links the package holds: links are made
 * as they are and never followed. Files, links and directories keep mode (without setuid, setgid, sticky; umask respected; their
 * owner may read them in any case) and time.
 */
export class TreeWriter implements TarSink {
  readonly #root: string;
  readonly #options: TreeWriterOptions;
  readonly #nodes = new Map<string, Node>([['', 'directory']]);
  readonly #sizes = new Map<string, number>();
  readonly #directoryTimes: [string, number][] = [];
  #descriptor = -1;
  #size = 0;
  #written = 0;
  #mtime = 0;

  constructor(root: string, options: TreeWriterOptions) {
    this.#root = root;
    this.#options = options;
  }

  /** Sizes of the files written so far, by path; hardlinks among them. */
  get sizes(): ReadonlyMap<string, number> {
    return this.#sizes;
  }

  /** What was written so far, by path. */
  get nodes(): ReadonlyMap<string, Node> {
    return this.#nodes;
  }

  /** @throws {TcondaError} `UNSAFE_ARCHIVE` when the member may not be written, and the system's errors */
  begin(entry: TarEntry): void {
    const name = parseMemberPath(entry.path, this.#options);
    this.#options.check(name, entry);
    if (entry.kind === 'directory') {
      this.#makeDirectory(name, entry);
      return;
    }
    if (this.#nodes.has(name)) {
      if (this.#isSameLink(name, entry)) return;
      throw unsafe(`${quotePath(name)} occurs twice`);
    }
    // A link to nothing can't be made anywhere; packages of conda's own past have some.
    if (entry.kind === 'symlink' && entry.target === '') return;
    this.#ensureDirectory(parentOf(name));
    this.#nodes.set(name, entry.kind === 'symlink' ? 'symlink' : 'file');
    const target = path.join(this.#root, name);
    switch (entry.kind) {
      case 'file':
        this.#descriptor = fresh(name, () => openSync(target, 'wx', (entry.mode & 0o777) | OWNER_READS));
        this.#size = entry.size;
        this.#written = 0;
        this.#mtime = clamp(entry.mtime);
        this.#sizes.set(name, entry.size);
        break;
      case 'symlink':
        this.#makeSymlink(name, target, entry);
        break;
      case 'hardlink':
        this.#makeHardlink(name, target, entry.target);
        break;
    }
  }

  data(chunk: Uint8Array, offset: number): void {
    for (let done = 0; done < chunk.length;) {
      done += writeSync(this.#descriptor, chunk, done, chunk.length - done, offset + done);
    }
    this.#written = offset + chunk.length;
  }

  end(): void {
    if (this.#descriptor < 0) return;
    const descriptor = this.#descriptor;
    // The hole at the end of a sparse file.
    if (this.#written !== this.#size) ftruncateSync(descriptor, this.#size);
    futimesSync(descriptor, this.#mtime, this.#mtime);
    this.#descriptor = -1;
    closeSync(descriptor);
  }

  /** All members are there: sets the times of directories, which writing into them changed. */
  finish(): void {
    for (const [name, mtime] of this.#directoryTimes.reverse()) {
      utimesSync(path.join(this.#root, name), mtime, mtime);
    }
  }

  /** Lets go of a file that is half written, after an error. */
  close(): void {
    if (this.#descriptor >= 0) closeSync(this.#descriptor);
    this.#descriptor = -1;
  }

  /** conda-package-handling packs a folder that holds nothing but links with them, and then the links. */
  #isSameLink(name: string, entry: TarEntry): boolean {
    return (
      entry.kind === 'symlink' &&
      this.#nodes.get(name) === 'symlink' &&
      readlinkSync(path.join(this.#root, name)) === entry.target
    );
  }

  #makeDirectory(name: string, entry: TarEntry): void {
    this.#ensureDirectory(name);
    if (name === '') return;
    const directory = path.join(this.#root, name);
    const { mode } = statSync(directory);
    // It was made with every bit that the umask leaves. Whatever its member says, its owner must be able to write into it.
    const wanted = (mode & 0o7000) | (mode & 0o777 & (entry.mode | this.#options.directoryBits));
    if (wanted !== (mode & 0o7777)) chmodSync(directory, wanted);
    this.#directoryTimes.push([name, clamp(entry.mtime)]);
  }

  #ensureDirectory(name: string): void {
    const node = this.#nodes.get(name);
    if (node === 'directory') return;
    if (node !== undefined) throw unsafe(`${quotePath(name)} is a ${node} and yet has members`);
    this.#ensureDirectory(parentOf(name));
    fresh(name, () => mkdirSync(path.join(this.#root, name)));
    this.#nodes.set(name, 'directory');
  }

  #makeSymlink(name: string, target: string, entry: TarEntry): void {
    if (entry.target.includes('\0')) throw unsafe(`${quotePath(name)} is a link to an impossible path`);
    fresh(name, () => symlinkSync(entry.target, target));
    const mtime = clamp(entry.mtime);
    lutimesSync(target, mtime, mtime);
  }

  #makeHardlink(name: string, target: string, memberTarget: string): void {
    const source = parseMemberPath(memberTarget, this.#options);
    if (this.#nodes.get(source) !== 'file' || source === name) {
      throw unsafe(
        `${quotePath(name)} is a hardlink to ${quotePath(memberTarget)}, which is no file before it`,
      );
    }
    const from = path.join(this.#root, source);
    fresh(name, () => {
      try {
        linkSync(from, target);
      } catch (error) {
        if (codeOf(error) === 'EEXIST') throw error;
        copyFileSync(from, target);
      }
    });
    this.#sizes.set(name, this.#sizes.get(source) ?? 0);
  }
}

/**
 * Runs what makes `name`. That something is there already means that the file system takes two names for one: it knows no case, or
 * normalises Unicode.
 */
function fresh<T>(name: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST') throw unsafe(`${quotePath(name)} collides with another path on this file system`);
    // Too long, or with letters that can't stand in a name here.
    if (code === 'ENAMETOOLONG' || code === 'EILSEQ' || code === 'EINVAL') {
      throw unsafe(`${quotePath(name)} is no path that this file system can have`);
    }
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function parentOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('/')));
}

function clamp(mtime: number): number {
  return Math.min(Math.max(mtime, EARLIEST), 253_402_300_799);
}

function unsafe(message: string): TcondaError {
  return new TcondaError('UNSAFE_ARCHIVE', message);
}
