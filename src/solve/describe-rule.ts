import type { Rule } from 'libsolv-wasm';

import { formatDistName } from '../model/package-record.ts';
import type { Problem } from '../model/solution.ts';
import type { EncodedJob } from './encode-jobs.ts';
import type { LoadedPool } from './load-pool.ts';

/** A rule of the solver as a fact that programs can read. */
export function describeRule(
  rule: Rule,
  { loaded, jobs }: { readonly loaded: LoadedPool; readonly jobs: readonly EncodedJob[] },
): Problem {
  const dependency = rule.dependency === undefined ? undefined : loaded.dependencies[rule.dependency];
  const job = rule.job === undefined ? undefined : jobs[rule.job];
  const spec =
    dependency === undefined || dependency.kind === 'unused' ? describeJob(job, loaded) : dependency.text;
  const source = nameOf(rule.source, loaded);
  const target = nameOf(rule.target, loaded);
  switch (rule.kind) {
    case 'nothing-provides':
      return { kind: 'nothing-provides', source, spec };
    case 'job-nothing-provides':
      return { kind: 'nothing-provides', spec };
    case 'requires':
      return { kind: 'requires', source, spec };
    case 'conflicts':
      return { kind: 'constrains', source, target, spec };
    case 'same-name':
      return { kind: 'same-name', source, target };
    case 'job':
      return { kind: 'job', spec };
    case 'update':
    case 'not-installable':
    case 'self-conflict':
    case 'other':
      return { kind: 'other', text: `${rule.kind} ${source}`.trim() };
  }
}

function describeJob(job: EncodedJob | undefined, loaded: LoadedPool): string {
  if (job?.origin === undefined) return nameOf(job?.what, loaded);
  return 'spec' in job.origin
    ? job.origin.spec.text
    : 'name' in job.origin
      ? job.origin.name
      : job.origin.kind;
}

function nameOf(number: number | undefined, { table, pins }: LoadedPool): string {
  if (number === undefined) return '';
  const record = table.candidates[number]?.record;
  if (record !== undefined) return formatDistName(record);
  return `pin on ${pins[number - table.candidates.length]?.text ?? ''}`;
}
