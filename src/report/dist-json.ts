import { formatDistName, type RepoDataRecord } from '../model/package-record.ts';
import { channelName } from './channel-text.ts';

/** A package as conda's `list --json` and the actions of `--json` show it. */
export interface DistJson {
  readonly base_url: string;
  readonly build_number: number;
  readonly build_string: string;
  readonly channel: string;
  readonly dist_name: string;
  readonly name: string;
  readonly platform: string;
  readonly version: string;
}

/** A record under conda's keys. */
export function distToJson(record: RepoDataRecord): DistJson {
  return {
    base_url: record.channel,
    build_number: record.build_number,
    build_string: record.build,
    channel: channelName(record),
    dist_name: formatDistName(record),
    name: record.name,
    platform: record.subdir,
    version: record.version,
  };
}

/** `channel/subdir::name-version-build`, as `list --canonical` and the history write it. */
export function formatCanonicalDist(record: RepoDataRecord): string {
  return `${record.schannel}/${record.subdir}::${formatDistName(record)}`;
}
