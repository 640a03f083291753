import { compareVersions, findVersion } from '../model/version.ts';

/** One change of an environment; the dists of what left and came, `channel/subdir::name-version-build`. */
export interface RevisionChange {
  readonly number: number;
  readonly entry: {
    readonly time: string;
    readonly unlinked: readonly string[];
    readonly linked: readonly string[];
  };
}

interface Dist {
  readonly channel: string;
  readonly name: string;
  readonly version: string;
  readonly build: string;
}

/** What `list --revisions` prints: changes of a name first, then what left, then what came. */
export function formatRevisions(revisions: readonly RevisionChange[]): readonly string[] {
  return revisions.flatMap((revision) => {
    const { changed, removed, installed } = sortDists(revision);
    // Those of `defaults` stand alone, as entries of old histories do.
    const place = ({ version, channel }: Dist): string =>
      channel === 'defaults' ? version : `${version} (${channel})`;
    return [
      `${revision.entry.time}  (rev ${revision.number})`,
      ...changed.map(([old, now]) => `     ${now.name}  {${place(old)} -> ${place(now)}}`),
      ...removed.map((dist) => `    -${dist.name}-${place(dist)}`),
      ...installed.map((dist) => `    +${dist.name}-${place(dist)}`),
      '',
    ];
  });
}

/** The same for `--json`. */
export function revisionsToJson(revisions: readonly RevisionChange[]): readonly Record<string, unknown>[] {
  const label = ({ name, version, build, channel }: Dist): string => `${name}-${version}-${build}-${channel}`;
  return revisions.map((revision) => {
    const { changed, removed, installed } = sortDists(revision);
    const pairs = (isUp: boolean): unknown[] =>
      changed
        .filter(([old, now]) => isNewer(old, now) === isUp)
        .map(([old, now]) => ({ old: label(old), new: label(now) }));
    return {
      date: revision.entry.time,
      rev: revision.number,
      install: installed.map(label),
      remove: removed.map(label),
      upgrade: pairs(true),
      downgrade: pairs(false),
    };
  });
}

function sortDists({ entry }: RevisionChange): {
  changed: readonly (readonly [Dist, Dist])[];
  removed: readonly Dist[];
  installed: readonly Dist[];
} {
  const left = new Map(entry.unlinked.map(parseDist).map((dist) => [dist.name, dist]));
  const came = new Map(entry.linked.map(parseDist).map((dist) => [dist.name, dist]));
  const byName = (a: Dist, b: Dist): number => (a.name < b.name ? -1 : 1);
  const changed = [...left.values()].toSorted(byName).flatMap((old): (readonly [Dist, Dist])[] => {
    const now = came.get(old.name);
    return now === undefined ? [] : [[old, now]];
  });
  return {
    changed,
    removed: [...left.values()].filter(({ name }) => !came.has(name)).toSorted(byName),
    installed: [...came.values()].filter(({ name }) => !left.has(name)).toSorted(byName),
  };
}

/** conda's name for where something came from that does not say. */
const UNKNOWN = '<unknown>';

function parseDist(text: string): Dist {
  const whole = text.replace(/\.(?:tar\.bz2|conda)$/, '');
  const at = whole.indexOf('::');
  const [build = '', version = '', ...name] = whole
    .slice(at < 0 ? 0 : at + 2)
    .split('-')
    .toReversed();
  return {
    channel: at < 0 ? UNKNOWN : whole.slice(0, at),
    name: name.toReversed().join('-').toLowerCase(),
    version,
    build,
  };
}

/** By version; conda compares these as texts, and calls 0.9 newer than 0.10. What else differs has no order but that of texts. */
function isNewer(before: Dist, after: Dist): boolean {
  const [old, now] = [findVersion(before.version), findVersion(after.version)];
  const order = old === undefined || now === undefined ? 0 : compareVersions(now, old);
  if (order !== 0) return order > 0;
  const rank = ({ version, build, channel }: Dist): string => [version, build, channel].join('\0');
  return rank(after) > rank(before);
}
