import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

import { parseMatchSpec } from '../../../src/model/match-spec-text.ts';
import {
  formatDistName,
  type RepoDataRecord,
  type VirtualPackage,
} from '../../../src/model/package-record.ts';
import { parsePackageName } from '../../../src/model/package-name.ts';
import type { SubdirRecords } from '../../../src/model/repodata.ts';
import type { Job, SolveRequest } from '../../../src/model/request.ts';
import type { Solution, Unsolvable } from '../../../src/model/solution.ts';
import { solveRequest } from '../../../src/solve/index.ts';
import { installed } from '../../helpers/pkg.ts';

type RawRecord = Readonly<Record<string, unknown>> & { readonly name: string };

interface RawChannel {
  readonly channel: string;
  readonly subdir?: string;
  readonly priority?: number;
  readonly records?: readonly RawRecord[];
  readonly repodata?: string;
  readonly index?: string;
}

interface RawJob {
  readonly job: 'install' | 'remove' | 'update' | 'update_all' | 'keep' | 'freeze' | 'pin';
  readonly spec: string;
  readonly clean_dependencies?: boolean;
}

export interface SolverCase {
  readonly id: string;
  readonly origin: 'conda' | 'mamba' | 'rattler' | 'conda-forge-subset';
  readonly channels: readonly RawChannel[];
  readonly subdirs?: readonly string[];
  readonly installed?: readonly (string | RawRecord)[];
  readonly installed_all_of?: string;
  readonly virtual?: readonly (readonly [string, string, string])[];
  readonly jobs?: readonly RawJob[];
  readonly request?: { readonly install?: readonly string[]; readonly constraints?: readonly string[] };
  readonly options?: Readonly<Record<string, unknown>>;
  readonly expect: Readonly<Record<string, unknown>>;
}

const DATA = path.join(process.env['TCONDA_CONFORMANCE'] ?? path.dirname(import.meta.dirname), 'repodata');

export async function run(given: SolverCase): Promise<void> {
  const channels = given.channels.map(readChannel);
  const result = await solveRequest(requestOf(given), {
    repodata: { subdirs: channels },
    installed: installedOf(given, channels).map(installed),
    virtualPackages: (given.virtual ?? []).map(([name, version, build]): VirtualPackage => ({
      name: parsePackageName(name),
      version,
      build,
    })),
  });
  check(result, given);
}

function requestOf(given: SolverCase): SolveRequest {
  const options = given.options ?? {};
  const jobs = given.jobs?.map(readJob) ?? [
    ...(given.request?.install ?? []).map((text): Job => ({ kind: 'install', spec: parseMatchSpec(text) })),
    ...(given.request?.constraints ?? []).map((text): Job => ({ kind: 'pin', spec: parseMatchSpec(text) })),
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
    pruneOrphans: false,
  };
}

function readJob({ job, spec }: RawJob): Job {
  switch (job) {
    case 'update_all':
      return { kind: 'updateAll' };
    case 'keep':
    case 'freeze':
      return { kind: job, name: parsePackageName(spec) };
    default:
      return { kind: job, spec: parseMatchSpec(spec) };
  }
}

function readChannel(raw: RawChannel, position: number): SubdirRecords {
  const channel = `https://conda.anaconda.org/${raw.channel}`;
  const records = recordsOf(raw).map((record) => normalize(record, raw, channel));
  return {
    kind: 'found',
    channel,
    schannel: raw.channel,
    subdir: raw.subdir ?? 'linux-64',
    priority: raw.priority === undefined ? position : -raw.priority,
    records,
    names: () => [...new Set(records.map((record) => record.name))],
  };
}

const parsed = new Map<string, readonly RawRecord[]>();

function recordsOf(raw: RawChannel): readonly RawRecord[] {
  if (raw.records !== undefined) return raw.records;
  return loadRecords(raw.repodata ?? raw.index ?? '');
}

function loadRecords(name: string): readonly RawRecord[] {
  const known = parsed.get(name);
  if (known !== undefined) return known;
  const bytes = readFileSync(path.join(DATA, name));
  const json = JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()) as
    | readonly RawRecord[]
    | Readonly<Record<'packages' | 'packages.conda', Readonly<Record<string, RawRecord>>>>;
  const isList = (value: typeof json): value is readonly RawRecord[] => Array.isArray(value);
  const records = isList(json)
    ? json
    : [json.packages, json['packages.conda']].flatMap((group) =>
        Object.entries(group ?? {}).map(([fn, record]) => ({ ...record, fn })),
      );
  parsed.set(name, records);
  return records;
}

function normalize(raw: RawRecord, from: RawChannel, channel: string): RepoDataRecord {
  const { name, features, track_features: tracked, ...fields } = raw;
  const version = String(fields['version'] ?? '');
  const build = String(fields['build'] ?? '');
  const subdir = String(fields['subdir'] ?? from.subdir ?? 'linux-64');
  const fn = String(fields['fn'] ?? `${name}-${version}-${build}.conda`);
  return {
    build_number: 0,
    depends: [],
    constrains: [],
    ...(features === undefined ? {} : { features: String(features) }),
    ...(typeof tracked === 'string' && tracked !== ''
      ? { track_features: tracked.split(/[\s,]+/) }
      : Array.isArray(tracked)
        ? { track_features: tracked as string[] }
        : {}),
    url: `${channel}/${subdir}/${fn}`,
    ...fields,
    name: name.toLowerCase() as RepoDataRecord['name'],
    version,
    build,
    subdir,
    fn,
    channel: channelOf(fields['url']) ?? channel,
    schannel: channelOf(fields['url'])?.split('/').at(-1) ?? from.channel,
  } as RepoDataRecord;
}

/** Some records say by their URL which channel they really are of. */
function channelOf(url: unknown): string | undefined {
  return typeof url === 'string' ? /^(https?:\/\/[^/]+\/.+)\/[^/]+\/[^/]+$/.exec(url)?.[1] : undefined;
}

function installedOf(given: SolverCase, channels: readonly SubdirRecords[]): RepoDataRecord[] {
  const all = channels.flatMap((each) => (each.kind === 'found' ? each.records : []));
  const from: RawChannel = { channel: 'installed' };
  const everything = given.installed_all_of === undefined ? [] : loadRecords(given.installed_all_of);
  return [...everything, ...(given.installed ?? [])].map((entry) => {
    if (typeof entry !== 'string') return normalize(entry, from, 'https://conda.anaconda.org/installed');
    const found = all.find((record) => fullName(record) === entry);
    assert(found !== undefined, `${entry} is in no channel`);
    return found;
  });
}

function fullName(record: RepoDataRecord): string {
  return `${record.schannel}/${record.subdir}::${formatDistName(record)}`;
}

function check(result: Solution | Unsolvable, given: SolverCase): void {
  const { expect, origin } = given;
  if (expect['unsatisfiable'] === true) {
    assert.equal(result.kind, 'unsolvable', 'a solution was found');
    return;
  }
  assert(result.kind === 'solved', JSON.stringify(result).slice(0, 2000));
  if (Array.isArray(expect['result'])) {
    const format = {
      conda: fullName,
      mamba: formatDistName,
      rattler: formatDistName,
      'conda-forge-subset': (record: RepoDataRecord) => `${record.subdir}::${formatDistName(record)}`,
    }[origin];
    assert.deepEqual(result.records.map(format).sort(), (expect['result'] as string[]).toSorted());
  }
}

export const isAvailable = existsSync(DATA);
