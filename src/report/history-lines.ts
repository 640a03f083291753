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
      ...formatChanges(unlinked, linked, style),
      '',
    ];
  });
}

/** What went, what changed, what came; a package that has only another version or build is one line. */
function formatChanges(
  unlinked: readonly string[],
  linked: readonly string[],
  style: Style,
): readonly string[] {
  const before = new Map(unlinked.map((dist) => [nameOf(dist), dist]));
  const after = new Set(linked.map(nameOf));
  return [
    ...unlinked.filter((dist) => !after.has(nameOf(dist))).map((dist) => style.bad(`     - ${dist}`)),
    ...linked.map((dist) => {
      const old = before.get(nameOf(dist));
      if (old === undefined) return style.good(`     + ${dist}`);
      const [from, to] = [old, dist].map((one) => one.slice(distStart(one)));
      // Where nothing else has changed, it is the place that it comes from.
      return from === to ? `     ~ ${old} → ${dist}` : `     ~ ${from} → ${dist}`;
    }),
  ];
}

function distStart(dist: string): number {
  const at = dist.lastIndexOf('::');
  return at < 0 ? 0 : at + 2;
}

/** The name in `channel/subdir::name-version-build`. */
function nameOf(dist: string): string {
  return dist.slice(distStart(dist)).replace(/-[^-]*-[^-]*$/, '');
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
