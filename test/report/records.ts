import { parsePackageName } from '../../src/model/package-name.ts';
import type { RepoDataRecord } from '../../src/model/package-record.ts';
import type { PrefixRecord } from '../../src/model/prefix-record.ts';

/** `record('zlib 1.3 h0_0', { depends: ['libgcc'] })`: a record of the channel `mini`. */
export function record(text: string, fields: Partial<RepoDataRecord> = {}): PrefixRecord {
  const [name = '', version = '1.0', build = '0'] = text.split(' ');
  const subdir = fields.subdir ?? 'linux-64';
  const channel = fields.channel ?? 'http://localhost/mini';
  const fn = `${name}-${version}-${build}.conda`;
  return {
    name: parsePackageName(name),
    version,
    build,
    build_number: 0,
    subdir,
    depends: [],
    constrains: [],
    fn,
    url: `${channel}/${subdir}/${fn}`,
    channel,
    schannel: 'mini',
    files: [],
    paths_data: { paths_version: 1, paths: [] },
    requested_specs: [],
    ...fields,
  };
}
