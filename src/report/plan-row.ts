import type { RepoDataRecord } from '../model/package-record.ts';
import type { Change } from './change-categories.ts';
import { channelName } from './channel-text.ts';
import { plainText } from './plain-text.ts';
import type { PlanTableInput } from './plan-table.ts';
import { formatSize } from './size.ts';

/** The columns of the plan at a terminal. */
export type PlanColumn = 'name' | 'version' | 'build' | 'channel' | 'size' | 'why';

/** What a plan says of a package, as text that can't do anything to a terminal; empty where there is nothing to say. */
export type PlanRow = Readonly<Record<PlanColumn, string>>;

/** The row of one change: `1.9 → 2.0` where something is another than before. */
export function planRow({ before, after }: Change, { fetch, reasons }: PlanTableInput): PlanRow {
  const read = (text: (record: RepoDataRecord) => string): string =>
    [...new Set([before, after].flatMap((side) => (side === undefined ? [] : [plainText(text(side))])))].join(
      ' → ',
    );
  const name = (after ?? before)?.name ?? '';
  return {
    name: plainText(name),
    version: read(({ version }) => version),
    build: read(({ build }) => build),
    channel: read(channelName),
    size: after === undefined ? '' : fetch.includes(after) ? formatSize(after.size ?? 0) : 'cached',
    why: plainText(reasons?.get(name) ?? ''),
  };
}
