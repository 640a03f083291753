import path from 'node:path';

import type { ArchiveInfo } from '../archive/index.ts';
import { writeFileAtomic } from '../io/atomic-file.ts';
import { compareVersions, parseVersion } from '../model/version.ts';
import type { IndexedPackage } from './index-subdir.ts';
import { groupByName } from './record-maps.ts';
import { formatStableJson } from './stable-json.ts';

/** What `channeldata.json` says of a package besides its record. */
export type ChannelDataFacts = Readonly<Record<string, unknown>>;

/** Gathers from a package's metadata what `channeldata.json` (CEP 38) wants to know. */
export function gatherFacts(info: ArchiveInfo): ChannelDataFacts {
  const { paths } = info.paths;
  const has = (pattern: RegExp) => paths.some(({ _path }) => pattern.test(_path));
  const { name } = info.index;
  const hasScript = (kind: string) =>
    paths.some(
      ({ _path }) => _path === `bin/.${name}-${kind}.sh` || _path === `Scripts/.${name}-${kind}.bat`,
    );
  const about = Object.fromEntries(
    ['dev_url', 'doc_url', 'home', 'license', 'source_url', 'summary', 'description'].map((key) => [
      key,
      textOf(info.about[key]) ?? (key === 'license' ? info.index.license : undefined),
    ]),
  );
  return {
    ...about,
    'activate.d': has(/^etc\/conda\/activate\.d\//),
    'deactivate.d': has(/^etc\/conda\/deactivate\.d\//),
    binary_prefix: paths.some(({ file_mode: mode }) => mode === 'binary'),
    text_prefix: paths.some(({ file_mode: mode }) => mode === 'text'),
    post_link: hasScript('post-link'),
    pre_link: hasScript('pre-link'),
    pre_unlink: hasScript('pre-unlink'),
  };
}

/** Old packages have lists where a text belongs. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Array.isArray(value) && typeof value[0] === 'string' ? value[0] : undefined;
}

/** Writes `channeldata.json`: each name with the facts of its newest version. */
export async function writeChannelData(
  directory: string,
  packages: readonly IndexedPackage[],
): Promise<void> {
  const names = new Map<string, unknown>();
  const subdirs = new Set<string>();
  for (const [name, members] of groupByName(packages)) {
    const newest = members.toSorted(byAge).at(-1);
    if (newest === undefined) continue;
    const own = new Set(members.map(({ record }) => String(record['subdir'])));
    for (const subdir of own) subdirs.add(subdir);
    const runExports = members.flatMap(({ record, runExports: exports }) =>
      exports === undefined ? [] : [[String(record['version']), exports] as const],
    );
    names.set(name, {
      ...newest.facts,
      run_exports: new Map(runExports),
      subdirs: [...own].toSorted(),
      version: newest.record['version'],
      ...timestampOf(members),
    });
  }
  await writeFileAtomic(
    path.join(directory, 'channeldata.json'),
    formatStableJson({ channeldata_version: 1, packages: names, subdirs: [...subdirs].toSorted() }, 2),
  );
}

function byAge(a: IndexedPackage, b: IndexedPackage): number {
  const order = compareVersions(
    parseVersion(String(a.record['version'])),
    parseVersion(String(b.record['version'])),
  );
  return (
    order ||
    Number(a.record['build_number'] ?? 0) - Number(b.record['build_number'] ?? 0) ||
    (a.fn < b.fn ? -1 : 1)
  );
}

/** Of the newest, in seconds. */
function timestampOf(members: readonly IndexedPackage[]): { readonly timestamp?: number } {
  const newest = Math.max(0, ...members.map(({ record }) => Number(record['timestamp'] ?? 0)));
  return newest === 0 ? {} : { timestamp: Math.floor(newest / 1000) };
}
