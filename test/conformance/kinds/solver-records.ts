import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import { parsePackageName, type RepoDataRecord, type SubdirRecords } from '../../../src/index.ts';
import type { CaseContext } from '../kind.ts';

/** A record as a vector or an index file has it: anything may be left out or null. */
export interface RawRecord {
  readonly name: string;
  readonly version?: string;
  readonly build?: string;
  readonly subdir?: string;
  readonly fn?: string;
  readonly url?: string;
  readonly track_features?: string | readonly string[] | null;
}

export interface RawChannel {
  readonly channel: string;
  readonly subdir?: string;
  /** The higher is preferred; else the order of the channels counts. */
  readonly priority?: number;
  readonly records?: readonly RawRecord[];
  readonly repodata?: string;
  readonly index?: string;
}

type RawIndex = Readonly<
  Partial<Record<'packages' | 'packages.conda', Readonly<Record<string, RawRecord>>>>
> & { readonly v3?: Readonly<Record<string, Readonly<Record<string, RawRecord>>>> };

const HOST = 'https://conda.anaconda.org';

export function readChannels(channels: readonly RawChannel[], context: CaseContext): SubdirRecords[] {
  const order = [...new Set(channels.map((each) => each.channel))];
  return channels.map((raw): SubdirRecords => {
    const records = readChannel(raw, context);
    return {
      kind: 'found',
      channel: `${HOST}/${raw.channel}`,
      schannel: raw.channel,
      subdir: raw.subdir ?? 'linux-64',
      priority: raw.priority === undefined ? order.indexOf(raw.channel) : -raw.priority,
      records,
      names: () => [...new Set(records.map((record) => record.name))],
    };
  });
}

const channelsRead = new Map<string, readonly RepoDataRecord[]>();

function readChannel(raw: RawChannel, context: CaseContext): readonly RepoDataRecord[] {
  if (raw.records !== undefined) return raw.records.map((each) => readRecord(each, raw));
  const file = raw.repodata ?? raw.index ?? '';
  const key = `${file} ${raw.channel}`;
  const known = channelsRead.get(key);
  if (known !== undefined) return known;
  const records = readFile(file, context).map((each) => readRecord(each, raw));
  channelsRead.set(key, records);
  return records;
}

/** The records of a file below `repodata/`: an index or a list, gzip or not. */
export function readFile(file: string, context: CaseContext): readonly RawRecord[] {
  const bytes = readFileSync(context.recorded(`repodata/${file}`));
  const json = JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()) as
    RawIndex | readonly RawRecord[];
  return isList(json) ? json : recordsOf(json);
}

function isList(json: RawIndex | readonly RawRecord[]): json is readonly RawRecord[] {
  return Array.isArray(json);
}

function recordsOf(index: RawIndex): RawRecord[] {
  const groups = [index.packages, index['packages.conda'], ...Object.values(index.v3 ?? {})];
  return groups.flatMap((group) => Object.entries(group ?? {}).map(([fn, record]) => ({ ...record, fn })));
}

export function readRecord(raw: RawRecord, { channel: name, subdir: ownSubdir }: RawChannel): RepoDataRecord {
  const { name: packageName, version = '', build = '', track_features: tracked, ...rest } = raw;
  const fields = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
  const channel = channelOf(raw.url) ?? `${HOST}/${name}`;
  const subdir = raw.subdir ?? ownSubdir ?? 'linux-64';
  const fn = raw.fn ?? `${packageName}-${version}-${build}.conda`;
  const features = typeof tracked === 'string' ? tracked.split(/[\s,]+/).filter(Boolean) : (tracked ?? []);
  return {
    build_number: 0,
    depends: [],
    constrains: [],
    url: `${channel}/${subdir}/${fn}`,
    ...fields,
    ...(features.length === 0 ? {} : { track_features: features }),
    name: packageName === '' ? ('' as RepoDataRecord['name']) : parsePackageName(packageName),
    version,
    build,
    subdir,
    fn,
    channel,
    schannel: channel.slice(channel.lastIndexOf('/') + 1),
  };
}

/** Some records say by their URL which channel they really are of. */
function channelOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : /^(https?:\/\/[^/]+\/.+)\/[^/]+\/[^/]+$/.exec(url)?.[1];
}
