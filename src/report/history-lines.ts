import { makeStyle, type Style } from './style.ts';

/** One change of an environment, with what asked for it. */
export interface HistoryRevision {
  readonly number: number;
  readonly entry: {
    readonly time: string;
    readonly command: string;
    readonly unlinked: readonly string[];
    readonly linked: readonly string[];
    readonly updateSpecs: readonly string[];
    readonly removeSpecs: readonly string[];
  };
}

/** What `history` prints, the latest change last. */
export function formatHistory(
  revisions: readonly HistoryRevision[],
  style: Style = makeStyle(false),
): readonly string[] {
  return revisions.flatMap(({ number, entry }) => {
    const { time, command, unlinked, linked } = entry;
    const counts = [
      ...(linked.length > 0 ? [`+${linked.length}`] : []),
      ...(unlinked.length > 0 ? [`-${unlinked.length}`] : []),
    ].join(' ');
    return [
      style.bold(`${String(number).padStart(3)}  ${time}  ${counts}`.trimEnd()),
      ...(command === '' ? [] : [`     ${command}`]),
      ...unlinked.map((dist) => style.bad(`     - ${dist}`)),
      ...linked.map((dist) => style.good(`     + ${dist}`)),
      '',
    ];
  });
}

/** What `history --json` prints. */
export function historyToJson(revisions: readonly HistoryRevision[]): readonly Record<string, unknown>[] {
  return revisions.map(({ number, entry }) => ({
    rev: number,
    date: entry.time,
    command: entry.command,
    update_specs: entry.updateSpecs,
    remove_specs: entry.removeSpecs,
    unlink: entry.unlinked,
    link: entry.linked,
  }));
}
