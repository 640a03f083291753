import { parseMatchSpec } from '../../src/model/match-spec-text.ts';
import { formatDistName, type RepoDataRecord, type VirtualPackage } from '../../src/model/package-record.ts';
import { parsePackageName } from '../../src/model/package-name.ts';
import type { PrefixRecord } from '../../src/model/prefix-record.ts';
import type { Job, SolveRequest } from '../../src/model/request.ts';
import type { Solution, Unsolvable } from '../../src/model/solution.ts';
import { solveRequest } from '../../src/solve/index.ts';
import { repodataOf } from './pkg.ts';

export interface World {
  /** One list for each channel, the first preferred. */
  readonly channels: readonly (readonly RepoDataRecord[])[];
  readonly installed?: readonly PrefixRecord[];
  readonly virtual?: readonly VirtualPackage[];
}

/** `install numpy`, `remove numpy`, `update numpy`, `update --all`, `keep numpy`, `freeze numpy`, `repair numpy`, `pin numpy 1.*` */
export function job(text: string): Job {
  const [kind = '', ...rest] = text.split(' ');
  const operand = rest.join(' ');
  if (operand === '--all') return { kind: 'updateAll' };
  if (kind === 'keep' || kind === 'freeze' || kind === 'repair')
    return { kind, name: parsePackageName(operand) };
  return { kind: kind as 'install' | 'remove' | 'update' | 'pin', spec: parseMatchSpec(operand) };
}

/** A request for jobs, each given as a line or a value, with the usual settings. */
export function requestOf(jobs: readonly (string | Job)[], fields: Partial<SolveRequest> = {}): SolveRequest {
  const all = jobs.map((each) => (typeof each === 'string' ? job(each) : each));
  return {
    command: 'install',
    requested: all.flatMap((each) => ('spec' in each && each.kind !== 'pin' ? [each.spec] : [])),
    jobs: all,
    channels: [],
    subdirs: ['linux-64', 'noarch'],
    channelPriority: 'flexible',
    noDeps: false,
    onlyDeps: false,
    allowDowngrade: true,
    pruneOrphans: false,
    ...fields,
  };
}

/** Solves twice, the second time with everything in another order; both answers must be the same. */
export async function solveWorld(request: SolveRequest, world: World): Promise<Solution | Unsolvable> {
  const { channels, installed = [], virtual = [] } = world;
  const answer = await solveRequest(request, {
    repodata: repodataOf(...channels),
    installed,
    virtualPackages: virtual,
  });
  const turned = await solveRequest(request, {
    repodata: repodataOf(...channels.map((records) => records.toReversed())),
    installed: installed.toReversed(),
    virtualPackages: virtual.toReversed(),
  });
  if (JSON.stringify(answer) !== JSON.stringify(turned)) {
    throw new Error(`Another order, another answer:\n${JSON.stringify(answer)}\n${JSON.stringify(turned)}`);
  }
  return answer;
}

/** The names of what is chosen, sorted; or the explanation. */
export async function solveNames(
  world: World,
  jobs: readonly (string | Job)[],
  fields: Partial<SolveRequest> = {},
): Promise<readonly string[]> {
  const answer = await solveWorld(requestOf(jobs, fields), world);
  return answer.kind === 'solved' ? answer.records.map(formatDistName) : answer.explanation;
}
