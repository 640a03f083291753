import type { RepoDataRecord } from './package-record.ts';

/** What one subdir of one channel answered. */
export type SubdirRecords =
  | {
      readonly kind: 'found';
      /** Base URL of the channel, as in {@link RepoDataRecord.channel}. */
      readonly channel: string;
      readonly schannel: string;
      readonly subdir: string;
      /** Position in the channel list; 0 is preferred most. Both subdirs of a channel share it. */
      readonly priority: number;
      readonly records: readonly RepoDataRecord[];
      /** Every name in the index; for suggestions. Computed when first asked for. */
      readonly names: () => readonly string[];
      /** File names of packages that the channel took away, for wanted names that it has nothing else of. */
      readonly removed?: readonly string[];
    }
  | {
      readonly kind: 'missing';
      readonly channel: string;
      readonly schannel: string;
      readonly subdir: string;
    };

/** The records that can matter for one request: the wanted names and all they can lead to. */
export interface Repodata {
  readonly subdirs: readonly SubdirRecords[];
}
