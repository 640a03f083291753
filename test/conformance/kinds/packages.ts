import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import {
  lstatSync,
  mkdtempSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { extractArchive, listArchive, readPackageInfo } from '../../../src/archive/index.ts';
import { TcondaError } from '../../../src/errors.ts';
import { parseArchiveName } from '../../../src/model/archive-name.ts';
import { walkFiles } from '../../helpers/walk-files.ts';
import { type CaseContext, type Kind, type TestCase, UnknownType } from '../kind.ts';
import { runClobber, runLinkScriptCase } from './linking.ts';

interface Entry {
  readonly path: string;
  readonly type: 'file' | 'symlink' | 'hardlink' | 'dir';
  readonly size?: number;
  readonly sha256?: string;
  readonly mode?: string;
  readonly target?: string;
}

export const packages: Kind = {
  async run(testCase, context) {
    switch (testCase.type) {
      case 'archive':
        return inTemporaryDirectory((directory) => runArchive(testCase, context, directory));
      case 'hostile-archive':
        return inTemporaryDirectory((directory) => runHostile(testCase, context, directory));
      case 'malformed-archive':
        return inTemporaryDirectory((directory) => runMalformed(testCase, context, directory));
      case 'filename':
        return runFileName(testCase);
      case 'clobber':
        return runClobber(testCase, context);
      case 'link-script':
        return runLinkScriptCase(testCase, context);
      default:
        throw new UnknownType(testCase.type);
    }
  },
};

async function runArchive(testCase: TestCase, context: CaseContext, directory: string): Promise<void> {
  const file = context.recorded(String(testCase['file']));
  const entries = testCase['entries'] as readonly Entry[];
  const listed = await listArchive(file, { sha256: true });
  assert.deepEqual(listed.map(describeMember).toSorted(byPath), entries.map(describeEntry).toSorted(byPath));

  await extractArchive(file, directory);
  for (const entry of entries) checkExtracted(directory, entry);
  const expectedFiles = entries.filter(
    ({ type, target }) => type !== 'dir' && !(type === 'symlink' && target === ''),
  );
  assert.equal(countFiles(directory), expectedFiles.length);

  const { index } = await readPackageInfo(file);
  for (const [key, value] of Object.entries(testCase['index'] as object)) {
    assert.deepEqual(index[key as keyof typeof index], value, key);
  }
}

type Described = Pick<Entry, 'path' | 'type' | 'size' | 'sha256' | 'mode' | 'target'>;

function describeMember(member: Awaited<ReturnType<typeof listArchive>>[number]): Described {
  const type = member.kind === 'directory' ? 'dir' : member.kind;
  const isLink = type === 'symlink' || type === 'hardlink';
  return {
    path: member.path.replace(/\/$/, ''),
    type,
    ...(type === 'file' ? { size: member.size, sha256: member.sha256 ?? '' } : {}),
    ...(isLink ? { target: member.target } : { mode: (member.mode & 0o7777).toString(8) }),
  };
}

function describeEntry({ path: name, type, size, sha256, mode, target }: Entry): Described {
  return {
    path: name.replace(/\/$/, ''),
    type,
    ...(type === 'file' ? { size: size ?? 0, sha256: sha256 ?? '' } : {}),
    ...(target === undefined ? { mode: mode ?? '' } : { target }),
  };
}

function byPath(a: Described, b: Described): number {
  return a.path < b.path ? -1 : 1;
}

function checkExtracted(directory: string, entry: Entry): void {
  const file = path.join(directory, entry.path);
  switch (entry.type) {
    case 'dir':
      assert.ok(lstatSync(file).isDirectory());
      break;
    case 'symlink':
      if (entry.target !== '') assert.equal(readlinkSync(file), entry.target);
      break;
    case 'hardlink':
      assert.equal(lstatSync(file).ino, lstatSync(path.join(directory, entry.target ?? '')).ino);
      break;
    case 'file': {
      const stats = lstatSync(file);
      assert.ok(stats.isFile());
      assert.equal(stats.size, entry.size);
      assert.equal(createHash('sha256').update(readFileSync(file)).digest('hex'), entry.sha256);
      if (entry.mode !== undefined) {
        assert.equal(stats.mode & 0o777, Number.parseInt(entry.mode, 8) & 0o777 & ~umaskOf(directory));
      }
      break;
    }
  }
}

/** What the umask takes away, seen at a directory that was made with all bits. */
function umaskOf(directory: string): number {
  return 0o777 & ~statSync(directory).mode;
}

function countFiles(directory: string): number {
  return walkFiles(directory).length;
}

/** Whether it is extracted or refused: nothing appears outside, and what is refused is refused with an error of ours. */
async function runHostile(testCase: TestCase, context: CaseContext, directory: string): Promise<void> {
  const file = context.recorded(String(testCase['file']));
  const around = snapshot(path.dirname(directory), directory);
  try {
    await extractArchive(file, directory);
  } catch (error) {
    assert.ok(error instanceof TcondaError, String(error));
  }
  assert.deepEqual(snapshot(path.dirname(directory), directory), around);
}

function snapshot(parent: string, except: string): readonly string[] {
  return readdirSync(parent, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !path.join(parent, name).startsWith(except),
  );
}

async function runMalformed(testCase: TestCase, context: CaseContext, directory: string): Promise<void> {
  const file = context.recorded(String(testCase['file']));
  await assert.rejects(extractArchive(file, directory), TcondaError);
}

function runFileName(testCase: TestCase): void {
  const parsed = parseArchiveName(String(testCase['file_name']));
  const { extension: ext, ...parts } = parsed ?? { extension: undefined };
  assert.deepEqual(parsed === undefined ? null : { ...parts, ext }, testCase['expect']);
}

async function inTemporaryDirectory(action: (directory: string) => Promise<void>): Promise<void> {
  const parent = mkdtempSync(path.join(tmpdir(), 'tconda-packages-'));
  const directory = path.join(parent, 'package');
  mkdirSync(directory);
  try {
    await action(directory);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}
