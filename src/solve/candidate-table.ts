import type { ChannelPriority } from '../model/request.ts';
import { compareVersions, findVersion, type Version } from '../model/version.ts';
import type { Candidate } from './candidate.ts';

/** All candidates, numbered as the solver numbers them. The numbering depends on nothing but what they are. */
export interface CandidateTable {
  readonly candidates: readonly Candidate[];
  readonly repositories: readonly RepositoryRange[];
  /** Sorted. */
  readonly names: readonly string[];
  /** Ascending numbers of the candidates of each name. */
  readonly byName: ReadonlyMap<string, readonly number[]>;
  /** By candidate: which of the versions of its name it has, 0 for the lowest. Equal versions share a rank. */
  readonly versionRanks: Int32Array;
  /** More than any rank. */
  readonly versionCount: number;
}

/** The candidates from `start` on, up to the next range. The first range holds what is installed. */
export interface RepositoryRange {
  readonly priority: number;
  readonly subpriority: number;
  readonly start: number;
  readonly end: number;
}

/** Candidates in the order in which the solver shall prefer them, each under the number it has there. */
export function numberCandidates(
  candidates: readonly Candidate[],
  channelPriority: ChannelPriority,
): CandidateTable {
  const ranks = rankVersions(candidates);
  const rankOf = (candidate: Candidate): number =>
    ranks.get(candidate.record.name)?.get(candidate.record.version) ?? 0;
  const ranked = candidates.map((candidate) => ({ candidate, rank: rankOf(candidate) }));
  ranked.sort(
    (a, b) =>
      compareNumber(repositoryOf(a.candidate), repositoryOf(b.candidate)) ||
      compareText(a.candidate.record.name, b.candidate.record.name) ||
      a.rank - b.rank ||
      compareBuilds(a.candidate.record, b.candidate.record),
  );
  const sorted = ranked.map((each) => each.candidate);
  const byName = new Map<string, number[]>();
  for (const [number, { record }] of sorted.entries()) {
    const list = byName.get(record.name);
    if (list === undefined) byName.set(record.name, [number]);
    else list.push(number);
  }
  return {
    candidates: sorted,
    repositories: findRepositories(sorted, channelPriority),
    names: [...byName.keys()].sort(compareText),
    byName,
    versionRanks: Int32Array.from(ranked, (each) => each.rank),
    versionCount: Math.max(0, ...[...ranks.values()].map((versions) => versions.size)) + 1,
  };
}

/** Code unit order: the same everywhere, whatever the locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareNumber(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Sorts what is installed first, then the channels. */
function repositoryOf({ source }: Candidate): number {
  return source.kind === 'available' ? source.priority : -Infinity;
}

function compareBuilds(a: Candidate['record'], b: Candidate['record']): number {
  return (
    (a.build_number ?? 0) - (b.build_number ?? 0) ||
    (a.timestamp ?? 0) - (b.timestamp ?? 0) ||
    compareText(a.build, b.build) ||
    compareText(a.url ?? '', b.url ?? '') ||
    compareText(a.fn ?? '', b.fn ?? '') ||
    compareText(a.sha256 ?? a.md5 ?? '', b.sha256 ?? b.md5 ?? '')
  );
}

function findRepositories(sorted: readonly Candidate[], channelPriority: ChannelPriority): RepositoryRange[] {
  const isInstalled = (candidate: Candidate): boolean => candidate.source.kind !== 'available';
  const firstAvailable = sorted.findIndex((candidate) => !isInstalled(candidate));
  let start = firstAvailable === -1 ? sorted.length : firstAvailable;
  const ranges: RepositoryRange[] = [{ priority: 0, subpriority: 0, start: 0, end: start }];
  while (start < sorted.length) {
    const first = sorted[start];
    let end = start + 1;
    for (let next = sorted[end]; next !== undefined && isOfSameChannel(first, next); next = sorted[end])
      end += 1;
    const place = -ranges.length;
    const isOrdered = channelPriority !== 'disabled';
    ranges.push({ priority: isOrdered ? place : 0, subpriority: isOrdered ? 0 : place, start, end });
    start = end;
  }
  return ranges;
}

function isOfSameChannel(a: Candidate | undefined, b: Candidate): boolean {
  return a !== undefined && repositoryOf(a) === repositoryOf(b);
}

function rankVersions(candidates: readonly Candidate[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const versions = new Map<string, Map<string, number>>();
  for (const { record } of candidates) {
    const texts = versions.get(record.name);
    if (texts === undefined) versions.set(record.name, new Map([[record.version, 0]]));
    else texts.set(record.version, 0);
  }
  for (const texts of versions.values()) {
    if (texts.size === 1) continue;
    const parsed = [...texts.keys()].map((text) => ({ text, version: findVersion(text) }));
    parsed.sort((a, b) => compareFound(a.version, b.version));
    let rank = 0;
    let last = parsed[0]?.version;
    for (const { text, version } of parsed) {
      if (compareFound(last, version) !== 0) rank += 1;
      texts.set(text, rank);
      last = version;
    }
  }
  return versions;
}

/** What is installed may have a version that can't be read; that is below all others. */
function compareFound(a: Version | undefined, b: Version | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compareVersions(a, b);
}
