import { matchesRecord } from '../model/match-spec.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { Repodata } from '../model/repodata.ts';
import type { Job, SolveRequest } from '../model/request.ts';
import { compareVersions, findVersion } from '../model/version.ts';
import type { SolveInput } from './gather-candidates.ts';

/** A second question, and whether its answer is to be preferred to the first one. */
export interface StartOver {
  readonly request: SolveRequest;
  readonly input: SolveInput;
  readonly isBetter: (records: readonly RepoDataRecord[]) => boolean;
}

/**
 * Whether what nobody asked for shall be chosen as in a new environment, and leave where nothing needs it:
 * - under `update --all`, when it alone keeps a package from being brought up to date that is asked for by name;
 * - when python, asked for, moves to another minor version in a channel that is preferred to its former one: what is
 *   built in two channels is not made for each other.
 *
 * Never where it is not known what was asked for, and never what is frozen or pinned.
 */
export function startOver(
  request: SolveRequest,
  input: SolveInput,
  first: readonly RepoDataRecord[],
): StartOver | undefined {
  const isBound = request.jobs.some(({ kind }) => kind === 'freeze' || kind === 'remove');
  if (isBound || request.noDeps || request.onlyDeps || request.requested.length === 0) return undefined;
  const stuck = stuckNames(request, input, first);
  if (stuck.length === 0 && !movesPython(request, input, first)) return undefined;
  const held = heldNames(request);
  const installed = input.installed.filter(({ name }) => held.has(name));
  if (installed.length === 0) return undefined;
  const asked = first.filter(({ name }) => isRequested(name, request));
  // What they need is not installed any more, so that must be said.
  const repairs = installed.map(({ name }): Job => ({ kind: 'repair', name }));
  return {
    request: { ...request, jobs: [...request.jobs, ...repairs] },
    input: { ...input, installed },
    isBetter: (records) => {
      const versions = new Map(records.map(({ name, version }): [string, string] => [name, version]));
      const gain = ({ name, version }: RepoDataRecord): number =>
        compareTexts(versions.get(name) ?? '', version);
      const isWhole = [...installed, ...asked].every(({ name }) => versions.has(name));
      return isWhole && asked.every((record) => gain(record) >= (stuck.includes(record.name) ? 1 : 0));
    },
  };
}

/** What is asked for by name, is to be as new as it can under `update --all`, and is not. */
function stuckNames(
  request: SolveRequest,
  { installed, repodata }: SolveInput,
  first: readonly RepoDataRecord[],
): readonly string[] {
  if (!request.jobs.some(({ kind }) => kind === 'updateAll')) return [];
  return request.requested.flatMap((spec) => {
    const before = installed.find(({ name }) => name === spec.exactName);
    const after = first.find(({ name }) => name === spec.exactName);
    if (before === undefined || after?.version !== before.version) return [];
    const isNewer = (record: RepoDataRecord): boolean =>
      matchesRecord(spec, record) && compareTexts(record.version, before.version) > 0;
    return recordsIn(repodata).some(isNewer) ? [before.name] : [];
  });
}

function movesPython(
  request: SolveRequest,
  { installed, repodata }: SolveInput,
  first: readonly RepoDataRecord[],
): boolean {
  if (request.channelPriority === 'disabled' || !isRequested('python', request)) return false;
  const before = installed.find(({ name }) => name === 'python');
  const after = first.find(({ name }) => name === 'python');
  if (before === undefined || after === undefined || minorOf(before) === minorOf(after)) return false;
  const found = repodata.subdirs.filter((each) => each.kind === 'found');
  const place = (record: RepoDataRecord): number | undefined =>
    found.find(({ schannel }) => schannel === record.schannel)?.priority;
  const [from, to] = [place(before), place(after)];
  return from !== undefined && to !== undefined && to < from;
}

/** What was asked for in earlier times, but for what is to change anyway. */
function heldNames({ jobs, requested }: SolveRequest): ReadonlySet<string> {
  const kept = jobs.flatMap((job) => (job.kind === 'keep' ? [job.name as string] : []));
  const changing = jobs.flatMap((job) => (job.kind === 'update' ? [job.spec.name] : []));
  const asked = requested.map(({ name }) => name);
  return new Set(kept.filter((name) => !changing.includes(name) && !asked.includes(name)));
}

function isRequested(name: string, { requested }: SolveRequest): boolean {
  return requested.some((spec) => spec.exactName === name);
}

function recordsIn({ subdirs }: Repodata): readonly RepoDataRecord[] {
  return subdirs.flatMap((each) => (each.kind === 'found' ? each.records : []));
}

function minorOf({ version }: RepoDataRecord): string {
  return version.split('.').slice(0, 2).join('.');
}

function compareTexts(a: string, b: string): number {
  const [left, right] = [findVersion(a), findVersion(b)];
  return left === undefined || right === undefined ? 0 : compareVersions(left, right);
}
