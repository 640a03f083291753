import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

import {
  type ArchiveLimits,
  checkContents,
  type ContentChecks,
  DEFAULT_CHECKS,
  extractArchive,
  loadIndexJson,
} from '../archive/index.ts';
import { TcondaError } from '../errors.ts';
import { systemCode } from '../io/system-code.ts';
import { writeFileAtomicSync } from '../io/atomic-file.ts';
import type { IndexJson } from '../model/package-info.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import { formatRepodataRecord } from './repodata-record.ts';

/** One archive to extract. Made of plain values only: it travels to a thread. */
export interface ExtractTask {
  readonly archive: string;
  /** Where the package is to lie, in the package cache. */
  readonly directory: string;
  /** A path beside it that doesn't exist yet, for what isn't complete. */
  readonly shelter: string;
  readonly record: RepoDataRecord;
  readonly limits?: Partial<ArchiveLimits>;
  readonly checks?: ContentChecks;
}

/** What is to be said of a package that was extracted. */
export interface ExtractReport {
  readonly warnings: readonly string[];
}

/**
 * Extracts the archive beside its final place and moves it there when it is complete, with `info/repodata_record.json` (the mark of completeness) in it.
 * What lay there before, such as the rest of an interrupted extraction, is replaced, unless another process has put the same package there meanwhile.
 *
 * @throws {TcondaError} `INVALID_ARCHIVE`, `UNSAFE_ARCHIVE`, `INVALID_PACKAGE_INFO`, `PACKAGE_DAMAGED`, `NO_SPACE`, `NO_WRITABLE_PKGS_DIR`
 */
export async function extractPackage(task: ExtractTask): Promise<ExtractReport> {
  try {
    // Nobody else gets in while it is half there; the package itself is made inside, with the permissions of its surroundings.
    mkdirSync(task.shelter, { mode: 0o700 });
    try {
      const fresh = path.join(task.shelter, 'package');
      mkdirSync(fresh);
      const tree = await extractArchive(task.archive, fresh, {
        ...(task.limits && { limits: task.limits }),
        ...(task.record.size === undefined ? {} : { archiveSize: task.record.size }),
        shareDirectories: isGroupWritable(path.dirname(task.directory)),
      });
      checkIdentity(loadIndexJson(fresh), task);
      const warnings = checkContents(fresh, tree, task.record.fn, task.checks ?? DEFAULT_CHECKS);
      const index = readFileSync(path.join(fresh, 'info', 'index.json'), 'utf8');
      const record = formatRepodataRecord(index, task.record);
      writeFileAtomicSync(path.join(fresh, 'info', RECORD_FILE), record);
      moveIntoPlace(fresh, task.directory, path.join(task.shelter, 'replaced'), record);
      return { warnings };
    } finally {
      removeTree(task.shelter);
    }
  } catch (error) {
    throw explain(error, task);
  }
}

/** Whether the package of `record` lies open and complete in `directory`. */
export function isExtracted(directory: string, record: RepoDataRecord): boolean {
  if (record.sha256 === undefined) return false;
  try {
    const text = readFileSync(path.join(directory, 'info', RECORD_FILE), 'utf8');
    const { sha256 } = JSON.parse(text) as Partial<RepoDataRecord>;
    return sha256 === record.sha256 && existsSync(path.join(directory, 'info', 'index.json'));
  } catch {
    return false;
  }
}

/** Removes what an extraction left behind, directories that its owner may not write to among it. */
export function removeTree(directory: string): void {
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
}

export const RECORD_FILE = 'repodata_record.json';

/** In a cache that a group shares, each of them must be able to remove what another one extracted. */
function isGroupWritable(directory: string): boolean {
  return (statSync(directory).mode & 0o020) !== 0;
}

/** A package that says to be another than was asked for would take that one's place. */
function checkIdentity(index: IndexJson, { record, archive }: ExtractTask): void {
  for (const key of ['name', 'version', 'build'] as const) {
    if (index[key] === record[key]) continue;
    throw new TcondaError(
      'INVALID_PACKAGE_INFO',
      `${path.basename(archive)}: its ${key} is '${index[key]}', the channel says '${record[key]}'`,
    );
  }
}

function moveIntoPlace(fresh: string, directory: string, aside: string, record: string): void {
  try {
    renameSync(fresh, directory);
    return;
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EPERM', 'EACCES'].includes(codeOf(error))) throw error;
    if (readRecord(directory) === record) return;
  }
  renameSync(directory, aside);
  renameSync(fresh, directory);
}

function readRecord(directory: string): string | undefined {
  try {
    return readFileSync(path.join(directory, 'info', RECORD_FILE), 'utf8');
  } catch {
    return undefined;
  }
}

function explain(error: unknown, task: ExtractTask): unknown {
  if (error instanceof TcondaError || !(error instanceof Error)) return error;
  const name = path.basename(task.archive);
  const options = { cause: error, data: { archive: task.archive, directory: task.directory } };
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new TcondaError(
        'NO_SPACE',
        `${name}: no space left to extract it to ${task.directory}`,
        options,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new TcondaError(
        'NO_WRITABLE_PKGS_DIR',
        `${name}: no permission to extract it to ${task.directory}`,
        options,
      );
    case 'ENAMETOOLONG':
      return new TcondaError('INVALID_ARCHIVE', `${name}: holds a path that is too long here`, options);
    case 'ENOENT':
      return new TcondaError('INVALID_ARCHIVE', `${name}: went away while it was extracted`, options);
    default:
      return error;
  }
}

function codeOf(error: unknown): string {
  return systemCode(error) ?? '';
}
