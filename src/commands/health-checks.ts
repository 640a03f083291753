import { lstatSync } from 'node:fs';
import path from 'node:path';

import type { LoadedConfig } from '../config/index.ts';
import type { TcondaError } from '../errors.ts';
import { detectVirtualPackages } from '../host/index.ts';
import { hashFile } from '../io/hashed-file.ts';
import { findMatchSpec } from '../model/match-spec-text.ts';
import { matchesRecord } from '../model/match-spec.ts';
import { formatDistName } from '../model/package-record.ts';
import type { PrefixData, PrefixRecord } from '../model/prefix-record.ts';
import { listEnvironments } from '../record/index.ts';
import type { Context } from './command.ts';
import { environmentsFile } from './environments.ts';

/** What one check found: nothing, or by package what is wrong with it. */
export interface Finding {
  readonly name: string;
  readonly good: string;
  readonly bad: string;
  readonly problems: readonly (readonly [title: string, details: readonly string[]])[];
  /** So many of the details are shown to a person; all if left out. */
  readonly shown?: number;
}

/** Runs the checks of these names, or all; conda's, in conda's order and words. */
export async function checkHealth(
  installed: PrefixData,
  config: LoadedConfig,
  context: Context,
  names: readonly string[],
): Promise<readonly Finding[]> {
  const wants = (name: string): boolean => names.length === 0 || names.includes(name);
  const findings: Finding[] = [];
  if (wants('altered-files')) findings.push(await checkAltered(installed, context));
  if (wants('consistency')) findings.push(checkDependencies(installed, config, context));
  if (wants('environment-txt')) findings.push(checkListed(installed, context));
  if (wants('file-locking')) findings.push(await checkLocking(installed));
  if (wants('missing-files')) findings.push(checkMissing(installed));
  if (wants('pinned')) findings.push(checkPinned(installed));
  const more = [
    () => checkClobbers(installed, config),
    () => checkUnfinished(installed),
    () => checkUntracked(installed, names),
  ];
  for (const check of more) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, for their order
    const finding = await check();
    // conda has no word for these, and so nothing is said where nothing is wrong.
    const isShown = names.length === 0 ? finding.problems.length > 0 : names.includes(finding.name);
    if (isShown) findings.push(finding);
  }
  return findings;
}

/** Records that could not be read, as `loadPrefix` told. */
export function brokenRecords(errors: readonly TcondaError[]): Finding {
  return {
    name: 'records',
    good: 'All records can be read.',
    bad: 'Records that can not be read, or count for nothing',
    problems: errors.map((error) => [String(error.data['file']), [error.message]]),
  };
}

async function checkClobbers(installed: PrefixData, config: LoadedConfig): Promise<Finding> {
  const { findPipClobbers } = await import('../doctor/index.ts');
  return {
    name: 'pip-clobbers',
    good: 'pip installed nothing over packages of conda.',
    bad: 'Packages of conda that pip installed as well',
    problems: findPipClobbers(installed, config.get('subdir')).map(({ conda, pip }) => [
      conda,
      [`pip: ${pip}`],
    ]),
  };
}

async function checkLocking({ prefix }: PrefixData): Promise<Finding> {
  const { findLockProblem } = await import('../doctor/index.ts');
  const problem = await findLockProblem(prefix);
  return {
    name: 'file-locking',
    good: 'File locking is supported.',
    bad: 'File locking is not supported',
    problems: problem === undefined ? [] : [[prefix, [problem]]],
  };
}

async function checkUnfinished({ prefix }: PrefixData): Promise<Finding> {
  const { findUnfinished } = await import('../doctor/index.ts');
  const left = await findUnfinished(prefix);
  return {
    name: 'unfinished',
    good: 'No change was cut off.',
    bad: 'A change was cut off',
    problems: left.length === 0 ? [] : [[prefix, left]],
  };
}

async function checkUntracked(installed: PrefixData, names: readonly string[]): Promise<Finding> {
  const { findUntracked } = await import('../doctor/index.ts');
  const files = findUntracked(installed);
  return {
    name: 'untracked-files',
    good: 'There are no files that belong to no package.',
    bad: 'Untracked Files',
    problems: files.length === 0 ? [] : [[installed.prefix, files]],
    // They may be many, and are no fault.
    ...(!names.includes('untracked-files') && { shown: 10 }),
  };
}

async function checkAltered({ prefix, records }: PrefixData, { signal }: Context): Promise<Finding> {
  const problems: [string, readonly string[]][] = [];
  for (const record of records) {
    const altered: string[] = [];
    for (const { _path, sha256_in_prefix, path_type } of record.paths_data.paths) {
      const file = path.join(prefix, _path);
      if (sha256_in_prefix === undefined || path_type === 'softlink') continue;
      if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) continue;
      signal.throwIfAborted();
      // oxlint-disable-next-line no-await-in-loop -- the disk is what is waited for
      if ((await hashFile(file)).sha256 !== sha256_in_prefix) altered.push(_path);
    }
    if (altered.length > 0) problems.push([formatDistName(record), altered]);
  }
  return {
    name: 'altered-files',
    good: 'There are no packages with altered files.',
    bad: 'Altered Files',
    problems,
  };
}

function checkMissing({ prefix, records }: PrefixData): Finding {
  const missingOf = ({ files, paths_data }: PrefixRecord): readonly string[] => {
    const missing = files.filter(
      (file) => lstatSync(path.join(prefix, file), { throwIfNoEntry: false }) === undefined,
    );
    // Compiled python is recorded also where the source does not compile; without a size it never was there.
    const never = paths_data.paths.filter(
      (entry) => entry.path_type === 'pyc_file' && entry.size_in_bytes === undefined,
    );
    return missing.filter((file) => !never.some((entry) => entry._path === file));
  };
  return {
    name: 'missing-files',
    good: 'There are no packages with missing files.',
    bad: 'Missing Files',
    problems: records.flatMap((record): [string, readonly string[]][] => {
      const missing = missingOf(record);
      return missing.length === 0 ? [] : [[formatDistName(record), missing]];
    }),
  };
}

function checkDependencies({ records }: PrefixData, config: LoadedConfig, { host }: Context): Finding {
  const overrides = new Map(Object.entries(config.get('override_virtual_packages')));
  const virtual = detectVirtualPackages(host, config.get('subdir'), overrides).map((one) => ({
    ...one,
    build_number: 0,
    subdir: '',
    depends: [],
    constrains: [],
  }));
  const there = [...records, ...virtual];
  const problems = records.flatMap((record): [string, readonly string[]][] => {
    const unmet = record.depends.filter((text) => {
      const spec = findMatchSpec(text);
      return spec === undefined || !there.some((other) => matchesRecord(spec, other));
    });
    const broken = record.constrains.filter((text) => {
      const spec = findMatchSpec(text);
      if (spec === undefined) return false;
      return there.some((other) => other.name === spec.name && !matchesRecord(spec, other));
    });
    const details = [...unmet.map((text) => `needs ${text}`), ...broken.map((text) => `conflicts: ${text}`)];
    return details.length === 0 ? [] : [[formatDistName(record), details]];
  });
  return {
    name: 'consistency',
    good: 'The environment is consistent.',
    bad: 'The environment is not consistent',
    problems,
  };
}

function checkListed({ prefix }: PrefixData, { host }: Context): Finding {
  const isListed = listEnvironments(environmentsFile(host)).includes(prefix);
  return {
    name: 'environment-txt',
    good: 'The environment is listed in the environments.txt file.',
    bad: 'The environment is not listed in the environments.txt file',
    problems: isListed ? [] : [[prefix, []]],
  };
}

function checkPinned({ prefix, pinned, records }: PrefixData): Finding {
  const file = path.join(prefix, 'conda-meta', 'pinned');
  const broken = pinned.filter((text) => {
    const spec = findMatchSpec(text);
    if (spec === undefined) return true;
    return records.some((record) => record.name === spec.name && !matchesRecord(spec, record));
  });
  return {
    name: 'pinned',
    good: pinned.length === 0 ? `No pinned specs found in ${file}.` : 'All pinned specs are met.',
    bad: 'Pinned specs that are not met',
    problems: broken.length === 0 ? [] : [[file, broken]],
  };
}
