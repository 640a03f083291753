import type { RepoDataRecord } from '../../src/model/package-record.ts';
import type { PrefixRecord } from '../../src/model/prefix-record.ts';
import { installedPkg } from '../helpers/pkg.ts';

/** `record('zlib 1.3 h0_0', { depends: ['libgcc'] })`: a record of the channel `mini`. */
export function record(text: string, fields: Partial<RepoDataRecord> = {}): PrefixRecord {
  const channel = 'http://localhost/mini';
  return installedPkg(text, { build_number: 0, channel, schannel: 'mini', ...fields });
}
