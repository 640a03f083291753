import { parsePackageName } from '../../src/model/package-name.ts';
import type { RepoDataRecord, VirtualPackage } from '../../src/model/package-record.ts';
import type { PrefixRecord } from '../../src/model/prefix-record.ts';
import type { Repodata, SubdirRecords } from '../../src/model/repodata.ts';

export const CHANNEL = 'https://conda.example/main';

/** `pkg('numpy 1.26 py312_0', { depends: ['python >=3.12'] })`; the build number is what follows the last `_`. */
export function pkg(text: string, fields: Partial<RepoDataRecord> = {}): RepoDataRecord {
  const [name = '', version = '1.0', build = '0'] = text.split(' ');
  const subdir = fields.subdir ?? 'linux-64';
  const channel = fields.channel ?? CHANNEL;
  const fn = fields.fn ?? `${name}-${version}-${build}.conda`;
  return {
    name: parsePackageName(name),
    version,
    build,
    build_number: Number(/\d+$/.exec(build)?.[0] ?? 0),
    subdir,
    depends: [],
    constrains: [],
    fn,
    url: `${channel}/${subdir}/${fn}`,
    channel,
    schannel: channel.slice(channel.lastIndexOf('/') + 1),
    ...fields,
  };
}

/** The same as it would stand in a prefix. */
export function installedPkg(text: string, fields: Partial<RepoDataRecord> = {}): PrefixRecord {
  return installed(pkg(text, fields));
}

/** The record as one of an installed package without files. */
export function installed(record: RepoDataRecord): PrefixRecord {
  return { ...record, files: [], paths_data: { paths_version: 1, paths: [] }, requested_specs: [] };
}

/** A virtual package in a line: `__glibc 2.36`. */
export function virtualPkg(text: string): VirtualPackage {
  const [name = '', version = '0', build = '0'] = text.split(' ');
  return { name: parsePackageName(name), version, build };
}

/** One channel after the other, the first preferred; records are sorted into their channels and subdirs. */
export function repodataOf(...channels: readonly (readonly RepoDataRecord[])[]): Repodata {
  const subdirs = channels.flatMap((records, priority) => {
    const names = [...new Set(records.map((record) => record.subdir))];
    return names.map((subdir): SubdirRecords => {
      const own = records.filter((record) => record.subdir === subdir);
      const [{ channel, schannel } = { channel: CHANNEL, schannel: 'main' }] = own;
      return {
        kind: 'found',
        channel,
        schannel,
        subdir,
        priority,
        records: own,
        names: () => [...new Set(own.map((record) => record.name as string))],
      };
    });
  });
  return { subdirs };
}
