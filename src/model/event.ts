import type { RepoDataRecord } from './package-record.ts';
import type { Transaction } from './transaction.ts';

/** The parts of a change that a person waits for, in their order. */
export type Phase = 'repodata' | 'solve' | 'fetch' | 'extract' | 'link';

/** What happens while tconda works. Rendering is the reader's. */
export type ProgressEvent =
  | { readonly kind: 'phase-started'; readonly phase: Phase; readonly total?: number }
  | { readonly kind: 'phase-finished'; readonly phase: Phase }
  | {
      readonly kind: 'repodata-loaded';
      readonly channel: string;
      readonly subdir: string;
      readonly fromCache: boolean;
    }
  | { readonly kind: 'planned'; readonly transaction: Transaction }
  /** Bytes since the last such event of this record. */
  | { readonly kind: 'download-progress'; readonly record: RepoDataRecord; readonly bytes: number }
  | { readonly kind: 'fetched'; readonly record: RepoDataRecord; readonly fromCache: boolean }
  | { readonly kind: 'extracted'; readonly record: RepoDataRecord; readonly fromCache: boolean }
  | { readonly kind: 'linked'; readonly record: RepoDataRecord }
  | { readonly kind: 'unlinked'; readonly record: RepoDataRecord }
  | {
      readonly kind: 'script-ran';
      readonly record: RepoDataRecord;
      /** `post-link` */
      readonly action: string;
      /** Absolute. */
      readonly script: string;
      readonly returncode: number;
      /** The end of what it printed. */
      readonly output: string;
    }
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'warning'; readonly code: string; readonly text: string };

/** Takes note of what happens, at once. */
export type Report = (event: ProgressEvent) => void;
