import assert from 'node:assert/strict';

import {
  formatDistName,
  type Job,
  parsePackageName,
  type PrefixData,
  type RepoDataRecord,
  type Solution,
  type SolveInput,
  type SolveRequest,
  solveRequest,
  type Unsolvable,
  type VirtualPackage,
} from '../../../src/index.ts';
import { installed } from '../../helpers/pkg.ts';
import type { CaseContext, Kind } from '../kind.ts';
import { readChannels, readFile, readRecord } from './solver-records.ts';
import { readCondaRequest, readRequest, type SolverCase, type SomeFields } from './solver-request.ts';

/** `solver.json`: the environments that conda, mamba and rattler choose. */
export const solver: Kind = { run: (testCase, context) => solve(testCase as unknown as SolverCase, context) };

async function solve(given: SolverCase, context: CaseContext): Promise<void> {
  const subdirs = readChannels(given.channels, context);
  const all = subdirs.flatMap((each) => (each.kind === 'found' ? each.records : []));
  const present = installedRecords(given, all, context);
  const records = present.filter((record) => !record.name.startsWith('__')).map(installed);
  const prefix: PrefixData = {
    prefix: '/env',
    exists: records.length > 0,
    records,
    history: new Map(Object.entries(given.history ?? {})),
    pinned: [],
  };
  const request = given.origin === 'conda' ? readCondaRequest(given, prefix) : readRequest(given);
  const input: SolveInput = {
    repodata: { subdirs },
    installed: records,
    virtualPackages: [
      ...present.filter((record) => record.name.startsWith('__')),
      ...(given.virtual ?? []).map(([name, version, build]): VirtualPackage => ({
        name: parsePackageName(name),
        version,
        build,
      })),
    ],
  };
  const answer: Solution | Unsolvable =
    request.isSatisfied === true
      ? { kind: 'solved', records, warnings: [] }
      : await solveRequest(request, input);
  const excluded = given.options?.['exclude_best_candidate_of'];
  if (typeof excluded === 'string') return await checkSecondChoice(answer, excluded, request, input);
  checkAnswer(answer, given);
  if (answer.kind === 'unsolvable') await checkCulprits(answer, given.expect.culprits ?? [], request, input);
}

/** Without the record that is preferred, the same archive in its other format is. */
async function checkSecondChoice(
  first: Solution | Unsolvable,
  name: string,
  request: SolveRequest,
  input: SolveInput,
): Promise<void> {
  const chosen = findRecord(first, name);
  const subdirs = input.repodata.subdirs.map((each) =>
    each.kind === 'missing' ? each : { ...each, records: each.records.filter((record) => record !== chosen) },
  );
  const second = findRecord(await solveRequest(request, { ...input, repodata: { subdirs } }), name);
  assert.equal(second?.version, chosen?.version);
  assert.notEqual(second?.fn, chosen?.fn);
}

function findRecord(answer: Solution | Unsolvable, name: string): RepoDataRecord | undefined {
  return answer.kind === 'solved' ? answer.records.find((record) => record.name === name) : undefined;
}

function installedRecords(
  given: SolverCase,
  all: readonly RepoDataRecord[],
  context: CaseContext,
): RepoDataRecord[] {
  const everything = given.installed_all_of === undefined ? [] : readFile(given.installed_all_of, context);
  const records = [...everything, ...(given.installed ?? []), ...(given.pinned_records ?? [])].map(
    (entry) => {
      if (typeof entry !== 'string') return readRecord(entry, { channel: 'installed' });
      const found = all.find((record) => fullName(record) === entry);
      assert(found !== undefined, `${entry} is in no channel`);
      return found;
    },
  );
  // A whole index may hold an archive in two formats.
  return [...new Map(records.map((record) => [fullName(record), record])).values()];
}

function fullName(record: RepoDataRecord): string {
  return `${record.schannel}/${record.subdir}::${formatDistName(record)}`;
}

function checkAnswer(answer: Solution | Unsolvable, { expect, origin }: SolverCase): void {
  if (expect.unsatisfiable === true) {
    assert.equal(answer.kind, 'unsolvable', 'a solution was found');
    return;
  }
  assert(answer.kind === 'solved', JSON.stringify(answer).slice(0, 2000));
  const { records } = answer;
  if (expect.result !== undefined) {
    const format = {
      conda: fullName,
      mamba: formatDistName,
      rattler: formatDistName,
      'conda-forge-subset': (record: RepoDataRecord) => `${record.subdir}::${formatDistName(record)}`,
    }[origin];
    assert.deepEqual(sorted(records.map(format)), sorted(expect.result));
  }
  const has = (fields: SomeFields): boolean =>
    records.some((record) => Object.entries(fields).every(([key, value]) => fieldOf(record, key) === value));
  for (const fields of expect.present ?? []) assert(has(fields), `${JSON.stringify(fields)} is missing`);
  for (const fields of expect.absent ?? []) assert(!has(fields), `${JSON.stringify(fields)} is there`);
  for (const fn of expect.selected_fn ?? [])
    assert(
      records.some((record) => record.fn === fn),
      `${fn} is missing`,
    );
  for (const [name, fields] of Object.entries(expect.selected ?? {})) assert(has({ name, ...fields }), name);
  for (const [name, channel] of Object.entries(expect.channel_of ?? {})) {
    assert.equal(records.find((record) => record.name === name)?.schannel, channel);
  }
  if (expect.exact_count !== undefined) assert.equal(records.length, expect.exact_count);
}

/** Some vectors name also what has no part in the conflict. That is so if there is no answer without it either. */
async function checkCulprits(
  answer: Unsolvable,
  culprits: readonly string[],
  request: SolveRequest,
  input: SolveInput,
): Promise<void> {
  const text = [...answer.explanation, ...answer.notFound.map((each) => each.spec)].join('\n');
  const isTold = (name: string): boolean => text.toLowerCase().includes(name.toLowerCase());
  const untold = new Set(culprits.filter((name) => !isTold(name)));
  assert(culprits.length === 0 || untold.size < culprits.length, `no culprit is in:\n${text}`);
  if (untold.size === 0) return;
  const other = await solveRequest(withoutJobs(request, untold), withoutDependencies(input, untold));
  assert.equal(
    other.kind,
    'unsolvable',
    `${[...untold].join(', ')} is part of the conflict and not in:\n${text}`,
  );
}

function withoutJobs(request: SolveRequest, names: ReadonlySet<string>): SolveRequest {
  const stays = (job: Job): boolean =>
    !names.has('spec' in job ? job.spec.name : 'name' in job ? job.name : '');
  return {
    ...request,
    jobs: request.jobs.filter(stays),
    requested: request.requested.filter(({ name }) => !names.has(name)),
  };
}

function withoutDependencies(input: SolveInput, names: ReadonlySet<string>): SolveInput {
  const keep = (texts: readonly string[]): string[] =>
    texts.filter((text) => !names.has(/^[^\s=<>!~[]*/.exec(text)?.[0] ?? ''));
  const free = <T extends RepoDataRecord>(record: T): T => ({
    ...record,
    depends: keep(record.depends),
    constrains: keep(record.constrains),
  });
  return {
    ...input,
    installed: input.installed.map(free),
    repodata: {
      subdirs: input.repodata.subdirs.map((each) =>
        each.kind === 'missing' ? each : { ...each, records: each.records.map(free) },
      ),
    },
  };
}

function fieldOf(record: RepoDataRecord, key: string): unknown {
  return (record as unknown as Readonly<Record<string, unknown>>)[key];
}

function sorted(texts: readonly string[]): string[] {
  return texts.toSorted((a, b) => (a < b ? -1 : 1));
}
