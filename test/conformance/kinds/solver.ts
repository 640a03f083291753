import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';

import { parseMatchSpec } from '../../../src/model/match-spec-text.ts';
import {
  formatDistName,
  type RepoDataRecord,
  type VirtualPackage,
} from '../../../src/model/package-record.ts';
import { parsePackageName } from '../../../src/model/package-name.ts';
import type { Job, SolveRequest } from '../../../src/model/request.ts';
import type { Solution, Unsolvable } from '../../../src/model/solution.ts';
import { solveRequest } from '../../../src/solve/index.ts';
import { installed } from '../../helpers/pkg.ts';
import { loadRecords, type RawChannel, type RawRecord, readChannels, readRecord } from './solver-records.ts';

interface RawJob {
  readonly job: 'install' | 'remove' | 'update' | 'update_all' | 'keep' | 'freeze' | 'pin';
  readonly spec?: string;
  readonly clean_dependencies?: boolean;
}

interface SomeFields {
  readonly name: string;
  readonly version?: string;
  readonly build?: string;
}

interface Expectation {
  readonly unsatisfiable?: boolean;
  readonly culprits?: readonly string[];
  readonly result?: readonly string[];
  readonly present?: readonly SomeFields[];
  readonly absent?: readonly SomeFields[];
  readonly selected?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly selected_fn?: readonly string[];
  readonly channel_of?: Readonly<Record<string, string>>;
  readonly exact_count?: number;
}

export interface SolverCase {
  readonly id: string;
  readonly origin: 'conda' | 'mamba' | 'rattler' | 'conda-forge-subset';
  readonly channels: readonly RawChannel[];
  readonly subdirs?: readonly string[];
  readonly installed?: readonly (string | RawRecord)[];
  readonly installed_all_of?: string;
  readonly pinned_records?: readonly RawRecord[];
  readonly virtual?: readonly (readonly [string, string, string])[];
  readonly jobs?: readonly RawJob[];
  readonly request?: { readonly install?: readonly string[]; readonly constraints?: readonly string[] };
  readonly options?: Readonly<Record<string, unknown>>;
  readonly expect: Expectation;
}

/** Solves one case and compares; throws when the answer is another. */
export async function run(given: SolverCase): Promise<void> {
  const subdirs = readChannels(given.channels);
  const all = subdirs.flatMap((each) => (each.kind === 'found' ? each.records : []));
  const present = installedRecords(given, all);
  const result = await solveRequest(readRequest(given), {
    repodata: { subdirs },
    installed: present.filter((record) => !record.name.startsWith('__')).map(installed),
    virtualPackages: [
      ...present.filter((record) => record.name.startsWith('__')),
      ...(given.virtual ?? []).map(([name, version, build]): VirtualPackage => ({
        name: parsePackageName(name),
        version,
        build,
      })),
    ],
  });
  checkAnswer(result, given);
}

/** Whether the records that a case names are on this machine. */
export function isAvailable(given: SolverCase, data: string): boolean {
  return [given.installed_all_of, ...given.channels.map((each) => each.repodata ?? each.index)].every(
    (file) => file === undefined || existsSync(path.join(data, 'repodata', file)),
  );
}

function installedRecords(given: SolverCase, all: readonly RepoDataRecord[]): RepoDataRecord[] {
  const everything = given.installed_all_of === undefined ? [] : loadRecords(given.installed_all_of);
  const records = [...everything, ...(given.installed ?? []), ...(given.pinned_records ?? [])].map(
    (entry) => {
      if (typeof entry !== 'string') return readRecord(entry, { channel: 'installed' });
      const found = all.find((record) => fullName(record) === entry);
      assert(found !== undefined, `${entry} is in no channel`);
      return found;
    },
  );
  // A whole index may hold an archive in two formats.
  return [...new Map(records.map((record) => [fullName(record), record])).values()];
}

function readRequest(given: SolverCase): SolveRequest {
  const options = given.options ?? {};
  const request = given.request ?? {};
  const jobs = given.jobs?.map(readJob) ?? [
    ...(request.install ?? []).map((text): Job => ({ kind: 'install', spec: parseMatchSpec(text) })),
    ...(request.constraints ?? []).map((text): Job => ({ kind: 'pin', spec: parseMatchSpec(text) })),
    ...(given.pinned_records ?? []).map((record): Job => ({
      kind: 'freeze',
      name: parsePackageName(record.name),
    })),
  ];
  return {
    command: 'install',
    requested: jobs.flatMap((job) => ('spec' in job && job.kind !== 'pin' ? [job.spec] : [])),
    jobs,
    channels: [],
    subdirs: given.subdirs ?? [],
    channelPriority: (options['channel_priority'] ?? 'strict') as SolveRequest['channelPriority'],
    noDeps: options['keep_dependencies'] === false || options['deps_modifier'] === 'NO_DEPS',
    onlyDeps: options['keep_user_specs'] === false || options['deps_modifier'] === 'ONLY_DEPS',
    allowDowngrade: options['allow_downgrade'] !== false,
    pruneOrphans: (given.jobs ?? []).some((job) => job.clean_dependencies === true),
    // What rattler is asked for is the whole environment, and so what nobody asked for goes.
    prune: given.origin === 'rattler' || options['prune'] === true,
    resolution: RESOLUTIONS.get(options['strategy']) ?? 'highest',
    ...readExcludeNewer(options),
  };
}

const RESOLUTIONS: ReadonlyMap<unknown, NonNullable<SolveRequest['resolution']>> = new Map([
  ['lowest-version', 'lowest'],
  ['lowest-version-direct', 'lowest-direct'],
]);

function readExcludeNewer(options: Readonly<Record<string, unknown>>): Pick<SolveRequest, 'excludeNewer'> {
  const cutoff = options['exclude_newer'];
  if (typeof cutoff !== 'string') return {};
  const byName = Object.entries((options['exclude_newer_package'] ?? {}) as Readonly<Record<string, string>>);
  return {
    excludeNewer: {
      cutoff: Date.parse(cutoff),
      byName: new Map(byName.map(([name, date]) => [name, Date.parse(date)])),
      includeUnknown: options['exclude_newer_include_unknown'] === true,
    },
  };
}

function readJob({ job, spec = '' }: RawJob): Job {
  if (job === 'update_all') return { kind: 'updateAll' };
  if (job === 'keep' || job === 'freeze') return { kind: job, name: parsePackageName(spec) };
  return { kind: job, spec: parseMatchSpec(spec) };
}

function fullName(record: RepoDataRecord): string {
  return `${record.schannel}/${record.subdir}::${formatDistName(record)}`;
}

function checkAnswer(answer: Solution | Unsolvable, { expect, origin }: SolverCase): void {
  if (expect.unsatisfiable === true) {
    assert.equal(answer.kind, 'unsolvable', 'a solution was found');
    if (answer.kind === 'unsolvable') checkCulprits(answer, expect.culprits ?? []);
    return;
  }
  assert(answer.kind === 'solved', JSON.stringify(answer).slice(0, 2000));
  const { records } = answer;
  if (expect.result !== undefined) {
    const format = {
      conda: fullName,
      mamba: formatDistName,
      rattler: formatDistName,
      'conda-forge-subset': (record: RepoDataRecord) => `${record.subdir}::${formatDistName(record)}`,
    }[origin];
    assert.deepEqual(sorted(records.map(format)), sorted(expect.result));
  }
  const has = (fields: SomeFields): boolean =>
    records.some((record) => Object.entries(fields).every(([key, value]) => fieldOf(record, key) === value));
  for (const fields of expect.present ?? []) assert(has(fields), `${JSON.stringify(fields)} is missing`);
  for (const fields of expect.absent ?? []) assert(!has(fields), `${JSON.stringify(fields)} is there`);
  for (const fn of expect.selected_fn ?? [])
    assert(
      records.some((record) => record.fn === fn),
      `${fn} is missing`,
    );
  for (const [name, fields] of Object.entries(expect.selected ?? {})) assert(has({ name, ...fields }), name);
  for (const [name, channel] of Object.entries(expect.channel_of ?? {})) {
    assert.equal(records.find((record) => record.name === name)?.schannel, channel);
  }
  if (expect.exact_count !== undefined) assert.equal(records.length, expect.exact_count);
}

function checkCulprits(answer: Unsolvable, culprits: readonly string[]): void {
  const text = [...answer.explanation, ...answer.notFound.map((each) => each.spec)].join('\n');
  // The vectors name all that was asked for, also what has no part in the conflict.
  const isNamed = culprits.some((name) => text.toLowerCase().includes(name.toLowerCase()));
  assert(culprits.length === 0 || isNamed, `${culprits.join(', ')}: none is in:\n${text}`);
}

function fieldOf(record: RepoDataRecord, key: string): unknown {
  return (record as unknown as Readonly<Record<string, unknown>>)[key];
}

function sorted(texts: readonly string[]): string[] {
  return texts.toSorted((a, b) => (a < b ? -1 : 1));
}
