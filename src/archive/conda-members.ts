import { inflateRawSync } from 'node:zlib';

import { TcondaError } from '../errors.ts';
import type { ByteSource, FileSource } from './byte-source.ts';
import { invalidArchive } from './invalid-archive.ts';
import { readZipDirectory, type ByteRange, type ZipMember } from './zip-directory.ts';

/** Where the two tars of a `.conda` stand. */
export interface CondaMembers {
  /** Undefined for a package that is metadata alone. */
  readonly pkg: ZipMember | undefined;
  readonly info: ZipMember;
}

/** Finds the members of a local `.conda`. @throws {TcondaError} `INVALID_ARCHIVE` */
export function findCondaMembers(source: FileSource): CondaMembers {
  const steps = locateMembers(source.size);
  let step = steps.next();
  while (step.done !== true) step = steps.next(source.read(step.value.offset, step.value.length));
  return step.value;
}

/** Finds the members of a `.conda` wherever it is, in three to five reads. @throws {TcondaError} `INVALID_ARCHIVE` */
export async function loadCondaMembers(source: ByteSource): Promise<CondaMembers> {
  const steps = locateMembers(source.size);
  let step = steps.next();
  while (step.done !== true) {
    // oxlint-disable-next-line no-await-in-loop -- each read says where the next one is
    step = steps.next(await source.read(step.value.offset, step.value.length));
  }
  return step.value;
}

function* locateMembers(size: number): Generator<ByteRange, CondaMembers, Uint8Array> {
  const members = yield* readZipDirectory(size);
  const metadata = members.find((member) => baseName(member) === 'metadata.json');
  if (metadata !== undefined) {
    if (metadata.length > MAX_METADATA) throw invalidArchive('metadata.json is too large');
    checkVersion(yield { offset: metadata.offset, length: metadata.length }, metadata.isDeflated);
  }
  const info = findTar(members, 'info-');
  if (info === undefined) throw invalidArchive("no member 'info-*.tar.zst'");
  return { pkg: findTar(members, 'pkg-'), info };
}

const MAX_METADATA = 1024 * 1024;

/** The one member of that part, whatever folder it stands in. */
function findTar(members: readonly ZipMember[], prefix: string): ZipMember | undefined {
  const found = members.filter((member) => {
    const name = baseName(member);
    return name.startsWith(prefix) && name.endsWith('.tar.zst');
  });
  if (found.length > 1) throw invalidArchive(`more than one member '${prefix}*.tar.zst'`);
  return found[0];
}

function baseName(member: ZipMember): string {
  return member.name.slice(member.name.lastIndexOf('/') + 1);
}

function checkVersion(stored: Uint8Array, isDeflated: boolean): void {
  let version: unknown;
  try {
    const bytes = isDeflated ? inflateRawSync(stored, { maxOutputLength: MAX_METADATA }) : stored;
    const metadata: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    version = (metadata as { readonly conda_pkg_format_version?: unknown } | null)?.conda_pkg_format_version;
  } catch (cause) {
    throw invalidArchive('metadata.json is no JSON', { cause });
  }
  if (version !== undefined && version !== 2) {
    throw new TcondaError('INVALID_ARCHIVE', `package format ${JSON.stringify(version)} is unknown`, {
      hint: 'A newer tconda may read it',
    });
  }
}
