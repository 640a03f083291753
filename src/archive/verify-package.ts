import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { hashFile, type HashedFile } from '../io/hashed-file.ts';
import type { IndexJson } from '../model/package-info.ts';
import { formatDistName } from '../model/package-record.ts';
import { checkContents } from './check-contents.ts';
import { extractArchive } from './extract-archive.ts';
import type { ArchiveLimits } from './limits.ts';
import { loadIndexJson } from './package-info.ts';

/** What is known of a package whose every file was read. */
export interface VerifiedPackage extends HashedFile {
  readonly index: IndexJson;
  /** How many files, links and directories it holds. */
  readonly paths: number;
}

/**
 * Opens an archive in a folder of its own below `temporary`, with every check that an installation makes and the stricter ones that
 * it need not: each file is listed in `info/paths.json`, with its size and digest, and the archive's name is the package's.
 * @throws {TcondaError} `INVALID_ARCHIVE`, `UNSAFE_ARCHIVE`, `INVALID_PACKAGE_INFO`, `PACKAGE_DAMAGED`
 */
export async function verifyPackage(
  archive: string,
  temporary: string,
  limits?: Partial<ArchiveLimits>,
): Promise<VerifiedPackage> {
  const fn = path.basename(archive);
  const directory = mkdtempSync(path.join(temporary, 'tconda-verify-'));
  try {
    const tree = await extractArchive(archive, directory, limits && { limits });
    const index = loadIndexJson(directory);
    const stem = formatDistName(index);
    if (fn.replace(/\.(?:conda|tar\.bz2)$/, '') !== stem) {
      throw new TcondaError('INVALID_PACKAGE_INFO', `${fn}: the package in it is '${stem}'`);
    }
    checkContents(directory, tree, fn, { safetyChecks: 'enabled', digests: true });
    return { index, paths: tree.nodes.size - 1, ...(await hashFile(archive)) };
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}
