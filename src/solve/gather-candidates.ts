import { matchesRecord } from '../model/match-spec.ts';
import type { RepoDataRecord, VirtualPackage } from '../model/package-record.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import type { Repodata } from '../model/repodata.ts';
import type { DependencyOverride, SolveRequest } from '../model/request.ts';
import { findVersion } from '../model/version.ts';
import { compareText } from './candidate-table.ts';
import type { Candidate, ExcludedRecord } from './candidate.ts';
import type { DependencyTable } from './dependency-table.ts';
import { compareOffers, listOffers, preferredOffers, type Offer } from './list-offers.ts';

/** Channels let depend on this, which nobody has, what they take back. */
const REVOKED = 'package_has_been_revoked';

/** What there is: in channels, in the environment, in the machine. */
export interface SolveInput {
  readonly repodata: Repodata;
  readonly installed: readonly PrefixRecord[];
  readonly virtualPackages: readonly VirtualPackage[];
}

/** What the solver may take, and what it may not, with the reason. */
export interface GatheredCandidates {
  /** Installed and virtual ones first. */
  readonly candidates: readonly Candidate[];
  readonly excluded: readonly ExcludedRecord[];
}

/**
 * What the solver may choose from: everything installed, and of what is available the records that the request can lead
 * to. Of an archive in two formats the `.conda` is offered; an installed archive is not offered a second time.
 */
export function gatherCandidates(
  request: SolveRequest,
  { repodata, installed, virtualPackages }: SolveInput,
  dependencies: DependencyTable,
): GatheredCandidates {
  const excluded: ExcludedRecord[] = [];
  const offers = listOffers(repodata, installed, request.excludeNewer, excluded);
  const candidates: Candidate[] = [
    ...installed
      .toSorted((a, b) => compareNames(a, b) || compareText(a.url, b.url))
      .map((record) => installedCandidate(record, dependencies)),
    ...virtualPackages.toSorted(compareNames).map((record): Candidate => ({
      source: { kind: 'virtual' },
      record: { ...record, channel: '@', schannel: '@' },
      requires: [],
      conditional: [],
      constrains: [],
    })),
  ];
  const reached = new Set<string>();
  const due: string[] = [];
  const reach = (name: string): void => {
    if (reached.has(name)) return;
    reached.add(name);
    due.push(name);
  };
  const reachDependencies = (candidate: Candidate): void => {
    for (const number of [
      ...candidate.requires,
      ...candidate.conditional,
      ...extraDependencies(candidate, dependencies),
    ]) {
      const spec = dependencies.specs[number];
      if (spec?.exactName !== undefined) reach(spec.exactName);
      else if (spec !== undefined) for (const name of [...offers.keys()].sort(compareText)) reach(name);
    }
  };

  for (const candidate of candidates) {
    reach(candidate.record.name);
    reachDependencies(candidate);
  }
  for (const name of wantedNames(request, offers)) reach(name);
  const freeNames = namesWithChannel(request);
  for (let name = due.pop(); name !== undefined; name = due.pop()) {
    // In an order of their own: numbers are given in passing, and nothing may hang on the order of a file.
    const all = (offers.get(name) ?? []).toSorted(compareOffers);
    const isStrict = request.channelPriority === 'strict' && !freeNames.has(name);
    for (const offer of isStrict ? preferredOffers(all, excluded) : all) {
      if (offer.isInstalled === true && !speaksForChannel(offer, all, request)) continue;
      const depends = overriddenDepends(offer.record, request.dependencyOverrides);
      const candidate = availableCandidate(offer, depends, dependencies, excluded);
      if (candidate === undefined) continue;
      candidates.push(candidate);
      reachDependencies(candidate);
    }
  }
  return { candidates, excluded };
}

/**
 * Whether what is installed is a candidate of its channel as well: under flexible priority a channel hides the names of those
 * below by what it offers.
 */
function speaksForChannel(offer: Offer, all: readonly Offer[], { channelPriority }: SolveRequest): boolean {
  return channelPriority === 'flexible' && all.some(({ priority }) => priority > offer.priority);
}

function compareNames(a: { readonly name: string }, b: { readonly name: string }): number {
  return compareText(a.name, b.name);
}

function wantedNames(request: SolveRequest, offers: ReadonlyMap<string, unknown>): Iterable<string> {
  const names = new Set<string>();
  for (const job of request.jobs) {
    if (!('spec' in job)) continue;
    if (job.spec.exactName !== undefined) names.add(job.spec.exactName);
    else if (job.kind !== 'pin') return [...offers.keys()].sort(compareText);
  }
  return names;
}

/** Asking for a package of a certain channel lifts the order of channels for it. */
function namesWithChannel(request: SolveRequest): ReadonlySet<string> {
  const specs = request.jobs.flatMap((job) =>
    'spec' in job && job.spec.channel !== undefined ? [job.spec] : [],
  );
  return new Set(specs.map((spec) => spec.exactName ?? spec.name));
}

function overriddenDepends(
  record: RepoDataRecord,
  overrides: readonly DependencyOverride[] = [],
): readonly string[] {
  const own = overrides.filter(({ of }) => matchesRecord(of, record));
  if (own.length === 0) return record.depends;
  const nameOf = (text: string): string => /^[^\s=<>!~[]*/.exec(text)?.[0] ?? text;
  return record.depends.map(
    (text) => own.find(({ dependency }) => dependency.name === nameOf(text))?.dependency.text ?? text,
  );
}

/** What is installed stays a candidate even if a dependency of it can't be read; that one is no obstacle then. */
function installedCandidate(record: PrefixRecord, dependencies: DependencyTable): Candidate {
  const read = (texts: readonly string[]): readonly number[] =>
    texts.map((text) => dependencies.number(text)).filter((each) => typeof each === 'number');
  return {
    source: { kind: 'installed', record },
    record,
    ...splitByCondition(read(record.depends), dependencies),
    constrains: applying(read(record.constrains), dependencies),
  };
}

function availableCandidate(
  { record, priority }: Offer,
  depends: readonly string[],
  dependencies: DependencyTable,
  excluded: ExcludedRecord[],
): Candidate | undefined {
  const exclude = (text: string, problem: string): undefined => {
    excluded.push({ record, reason: { kind: 'unreadable', text, problem } });
    return undefined;
  };
  if (depends.includes(REVOKED)) {
    excluded.push({ record, reason: { kind: 'revoked' } });
    return undefined;
  }
  if (record.version !== '' && findVersion(record.version) === undefined)
    return exclude(record.version, 'is no version');
  const requires: number[] = [];
  for (const text of depends) {
    const number = dependencies.number(text);
    if (typeof number !== 'number') return exclude(text, number.reason);
    requires.push(number);
  }
  const constrains: number[] = [];
  for (const text of record.constrains) {
    const number = dependencies.number(text);
    if (typeof number !== 'number') return exclude(text, number.reason);
    constrains.push(number);
  }
  return {
    source: { kind: 'available', record, priority },
    record,
    ...splitByCondition(requires, dependencies),
    constrains: applying(constrains, dependencies),
  };
}

/** Optional groups of dependencies (CEP 44) matter only if someone asks for them; all are made reachable. */
function extraDependencies({ record }: Candidate, dependencies: DependencyTable): readonly number[] {
  const texts = Object.values(record.extra_depends ?? {}).flat();
  return texts.map((text) => dependencies.number(text)).filter((each) => typeof each === 'number');
}

function splitByCondition(
  numbers: readonly number[],
  dependencies: DependencyTable,
): Pick<Candidate, 'requires' | 'conditional'> {
  const isOpen = (number: number): boolean => (dependencies.condition(number)?.length ?? 0) > 0;
  return {
    requires: unique(numbers.filter((number) => dependencies.condition(number) === undefined)),
    conditional: unique(numbers.filter(isOpen)),
  };
}

/** A `constrains` whose condition is open is kept: that forbids more than it must, never less. */
function applying(numbers: readonly number[], dependencies: DependencyTable): readonly number[] {
  return unique(numbers.filter((number) => dependencies.condition(number)?.length !== 0));
}

function unique(numbers: readonly number[]): readonly number[] {
  return numbers.length < 2 ? numbers : [...new Set(numbers)];
}
