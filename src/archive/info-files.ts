import { TcondaError } from '../errors.ts';
import { decompressZstd } from '../io/zstd.ts';
import type { ByteSource } from './byte-source.ts';
import { loadCondaMembers } from './conda-members.ts';
import { ArchiveMeter, DEFAULT_LIMITS, MAX_METADATA_FILE } from './limits.ts';
import { openTars } from './open-tars.ts';
import { quotePath } from './quote-path.ts';
import { parseMemberPath } from './safe-path.ts';
import { sizeOf } from './size-of.ts';
import { TarReader } from './tar-reader.ts';
import { readZipContent } from './zip-content.ts';

const MAX_FILES = 512 * 1024 * 1024;

/**
 * Reads files below `info/` from an archive: those named in `wanted` (`info/index.json`), or all. Missing ones are missing in the answer.
 * Of a `.conda` only the part that holds them is read; a `.tar.bz2` up to the last of them.
 * @throws {TcondaError} `INVALID_ARCHIVE`, `UNSAFE_ARCHIVE`
 */
export async function readInfoFiles(
  file: string,
  wanted?: readonly string[],
): Promise<ReadonlyMap<string, Buffer>> {
  const meter = new ArchiveMeter(sizeOf(file), DEFAULT_LIMITS);
  const collector = new InfoCollector(wanted);
  await openTars(file, { infoOnly: true, maxBytes: meter.maxStreamBytes }, async (_, chunks) => {
    await collector.collect(chunks);
  });
  return collector.files;
}

/**
 * Like {@link readInfoFiles}, for a `.conda` that is elsewhere: reads its end and the part with `info/`, not its body.
 * @throws {TcondaError} `INVALID_ARCHIVE`, `UNSAFE_ARCHIVE`
 */
export async function loadInfoFiles(
  source: ByteSource,
  wanted?: readonly string[],
): Promise<ReadonlyMap<string, Buffer>> {
  const { info } = await loadCondaMembers(source);
  const stored = await source.read(info.offset, info.length);
  const collector = new InfoCollector(wanted);
  await collector.collect(decompressZstd(readZipContent(info, [stored]), { maxBytes: MAX_FILES }));
  return collector.files;
}

class InfoCollector {
  readonly files = new Map<string, Buffer>();
  readonly #wanted: ReadonlySet<string> | undefined;
  #total = 0;
  #name: string | undefined;
  #content = Buffer.alloc(0);

  constructor(wanted: readonly string[] | undefined) {
    this.#wanted = wanted === undefined ? undefined : new Set(wanted);
  }

  async collect(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const reader = new TarReader({
      begin: (entry) => this.#begin(parseMemberPath(entry.path, { windows: false }), entry.kind, entry.size),
      data: (chunk, offset) => {
        if (this.#name !== undefined) this.#content.set(chunk, offset);
      },
      end: () => {
        if (this.#name !== undefined) this.files.set(this.#name, this.#content);
        this.#name = undefined;
      },
    });
    for await (const chunk of chunks) {
      reader.write(chunk);
      if (this.#wanted !== undefined && this.files.size === this.#wanted.size) return;
    }
    reader.end();
  }

  #begin(name: string, kind: string, size: number): void {
    if (!name.startsWith('info/') || !(this.#wanted?.has(name) ?? true)) return;
    // Whoever extracts the archive would see another file than we do.
    if (kind !== 'file' && this.#wanted !== undefined)
      throw new TcondaError('INVALID_ARCHIVE', `${name} is no file`);
    if (kind !== 'file') return;
    if (this.files.has(name)) throw new TcondaError('INVALID_ARCHIVE', `${quotePath(name)} occurs twice`);
    this.#total += size;
    if (size > MAX_METADATA_FILE || this.#total > MAX_FILES)
      throw new TcondaError('UNSAFE_ARCHIVE', `${quotePath(name)} is too large`);
    this.#name = name;
    this.#content = Buffer.alloc(size);
  }
}
