import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setImmediate as breathe } from 'node:timers/promises';

import { writeFileAtomic } from '../io/atomic-file.ts';
import { corruptRepodata } from './corrupt-repodata.ts';
import type { RawRecord } from './parse-record.ts';
import { type FileStamp, formatIndex, parseIndex, type RepodataIndex } from './repodata-index.ts';
import { createRepodataScanner, RepodataSyntaxError } from './scan-repodata.ts';

/** An open `repodata.json` that can be asked for single names. Replaced on disk meanwhile, it stays what it was. */
export interface RepodataFile {
  readonly names: readonly string[];
  /** File names and records of `name`, as the file has them. A file name may come twice; the later counts. */
  recordsOf(name: string): readonly (readonly [string, RawRecord])[];
  /** A member of the file's top object, parsed; undefined when it is not there. */
  field(key: string): unknown;
  close(): void;
}

/**
 * Opens the file with its index beside it at `indexFile`; makes the index when it is absent, torn or of another file. Without
 * `indexFile`, or where that can't be written, the index lives as long as the process.
 *
 * @param source URL or path for messages, without credentials
 * @throws {TcondaError} `REPODATA_CORRUPT`
 */
export async function openRepodataFile(
  file: string,
  indexFile: string | undefined,
  source: string,
): Promise<RepodataFile> {
  const descriptor = openSync(file, 'r');
  try {
    const stamp = stampOf(descriptor);
    let index = indexFile === undefined ? undefined : await loadIndex(indexFile, stamp);
    if (index === undefined) {
      index = await scanDescriptor(descriptor, source);
      if (indexFile !== undefined) await saveIndex(indexFile, index, stamp);
    }
    return fileOf(descriptor, index, source);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** Keeps the index of a file that was just received. @throws nothing: without it the next process scans once more */
export async function saveIndex(indexFile: string, index: RepodataIndex, stamp: FileStamp): Promise<void> {
  try {
    await writeFileAtomic(indexFile, formatIndex(index, stamp));
  } catch {
    return;
  }
}

function stampOf(descriptor: number): FileStamp {
  const { size, mtimeNs } = fstatSync(descriptor, { bigint: true });
  return { size: Number(size), mtimeNs };
}

async function loadIndex(indexFile: string, stamp: FileStamp): Promise<RepodataIndex | undefined> {
  try {
    return parseIndex(await readFile(indexFile), stamp);
  } catch {
    return undefined;
  }
}

async function scanDescriptor(descriptor: number, source: string): Promise<RepodataIndex> {
  const scanner = createRepodataScanner();
  try {
    for (let position = 0; ;) {
      const buffer = Buffer.allocUnsafeSlow(1024 * 1024);
      const read = readSync(descriptor, buffer, 0, buffer.length, position);
      if (read === 0) return scanner.finish();
      position += read;
      scanner.push(buffer.subarray(0, read));
      // Other indexes may be on their way in.
      await breathe();
    }
  } catch (error) {
    throw error instanceof RepodataSyntaxError ? corruptRepodata(source, error) : error;
  }
}

function fileOf(descriptor: number, index: RepodataIndex, source: string): RepodataFile {
  const read = (start: number, end: number, into: Buffer, at: number): void => {
    for (let done = start; done < end;) {
      const count = readSync(descriptor, into, at + done - start, end - done, done);
      if (count === 0) throw corruptRepodata(source, new RepodataSyntaxError(`it ends at byte ${done}`));
      done += count;
    }
  };
  const parse = (bytes: Buffer): unknown => {
    try {
      return JSON.parse(bytes.toString('utf8'));
    } catch (error) {
      throw corruptRepodata(source, error);
    }
  };
  return {
    names: index.names,
    recordsOf: (name) =>
      index.rangesOf(name).flatMap(({ kind, start, end }): readonly (readonly [string, RawRecord])[] => {
        const bytes = Buffer.allocUnsafe(end - start + 2);
        bytes[0] = 0x7b;
        bytes[bytes.length - 1] = 0x7d;
        read(start, end, bytes, 1);
        const entries = Object.entries(parse(bytes) as Record<string, RawRecord>);
        if (kind === 'v1') return entries;
        const extension = kind === 'v3-conda' ? '.conda' : '.tar.bz2';
        return entries.map(([stem, record]) => [`${stem}${extension}`, record] as const);
      }),
    field(key) {
      const range = index.fields.get(key);
      if (range === undefined) return undefined;
      const bytes = Buffer.allocUnsafe(range.end - range.start);
      read(range.start, range.end, bytes, 0);
      return parse(bytes);
    },
    close: () => closeSync(descriptor),
  };
}
