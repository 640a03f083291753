import assert from 'node:assert/strict';

import { parseChannel } from '../../../src/model/channel.ts';
import { parseMatchSpec } from '../../../src/model/match-spec-text.ts';
import {
  formatDistName,
  type RepoDataRecord,
  type VirtualPackage,
} from '../../../src/model/package-record.ts';
import { parsePackageName } from '../../../src/model/package-name.ts';
import type { PrefixData } from '../../../src/model/prefix-record.ts';
import type { Job, SolveRequest, SpecInput, UpdateModifier } from '../../../src/model/request.ts';
import type { Solution, Unsolvable } from '../../../src/model/solution.ts';
import { solveRequest } from '../../../src/solve/index.ts';
import { DEFAULT_CHANNEL_SETTINGS } from '../../../src/model/spec-channel.ts';
import { gatherRequest } from '../../../src/specs/index.ts';
import { installed } from '../../helpers/pkg.ts';
import type { CaseContext, Kind } from '../kind.ts';
import { type RawChannel, type RawRecord, readChannels, readFile, readRecord } from './solver-records.ts';

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

interface SolverCase {
  readonly origin: 'conda' | 'mamba' | 'rattler' | 'conda-forge-subset';
  readonly channels: readonly RawChannel[];
  readonly subdirs?: readonly string[];
  readonly installed?: readonly (string | RawRecord)[];
  readonly installed_all_of?: string;
  readonly pinned_records?: readonly RawRecord[];
  readonly virtual?: readonly (readonly [string, string, string])[];
  readonly jobs?: readonly RawJob[];
  readonly history?: Readonly<Record<string, string>>;
  readonly request?: {
    readonly install?: readonly string[];
    readonly remove?: readonly string[];
    readonly constraints?: readonly string[];
  };
  readonly options?: Readonly<Record<string, unknown>>;
  readonly expect: Expectation;
}

/** `solver.json`: the environments that conda, mamba and rattler choose. */
export const solver: Kind = { run: (testCase, context) => solve(testCase as unknown as SolverCase, context) };

async function solve(given: SolverCase, context: CaseContext): Promise<void> {
  const subdirs = readChannels(given.channels, context);
  const all = subdirs.flatMap((each) => (each.kind === 'found' ? each.records : []));
  const present = installedRecords(given, all, context);
  const records = present.filter((record) => !record.name.startsWith('__')).map(installed);
  const prefix: PrefixData = {
    prefix: '/env',
    exists: records.length > 0,
    records,
    history: new Map(Object.entries(given.history ?? {})),
    pinned: [],
  };
  const request = given.origin === 'conda' ? readCondaRequest(given, prefix) : readRequest(given);
  const answer = await solveRequest(request, {
    repodata: { subdirs },
    installed: records,
    virtualPackages: [
      ...present.filter((record) => record.name.startsWith('__')),
      ...(given.virtual ?? []).map(([name, version, build]): VirtualPackage => ({
        name: parsePackageName(name),
        version,
        build,
      })),
    ],
  });
  checkAnswer(answer, given);
}

function installedRecords(
  given: SolverCase,
  all: readonly RepoDataRecord[],
  context: CaseContext,
): RepoDataRecord[] {
  const everything = given.installed_all_of === undefined ? [] : readFile(given.installed_all_of, context);
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

/** What conda's own front end makes of the options of a command. */
function readCondaRequest(
  { request = {}, options = {}, channels }: SolverCase,
  prefix: PrefixData,
): SolveRequest {
  const { install = [], remove = [] } = request;
  const modifier = String(options['update_modifier']).toLowerCase().replaceAll('_', '-') as UpdateModifier;
  const input: SpecInput = {
    command: install.length === 0 && remove.length > 0 ? 'remove' : 'install',
    specs: install.length === 0 ? remove : install,
    channels: channels.map((raw) => parseChannel(raw.channel, DEFAULT_CHANNEL_SETTINGS)),
    subdirs: ['linux-64', 'noarch'],
    channelPriority: (options['channel_priority'] ?? 'flexible') as SolveRequest['channelPriority'],
    updateModifier: modifier,
    noDeps: options['deps_modifier'] === 'NO_DEPS',
    onlyDeps: options['deps_modifier'] === 'ONLY_DEPS',
    prune: options['prune'] === true,
    ignorePinned: options['ignore_pinned'] === true,
    pinnedPackages: (options['pinned'] ?? []) as readonly string[],
    aggressiveUpdatePackages: (options['aggressive_update_packages'] ?? []) as readonly string[],
  };
  return gatherRequest(input, prefix);
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
