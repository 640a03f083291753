import type { Rule } from 'libsolv-wasm';

import { formatDistName } from '../model/package-record.ts';
import type { Problem } from '../model/solution.ts';
import type { ExcludedRecord } from './candidate.ts';
import type { EncodedJob } from './encode-jobs.ts';
import type { LoadedPool } from './load-pool.ts';

export interface ExplainInput {
  readonly loaded: LoadedPool;
  readonly jobs: readonly EncodedJob[];
  readonly excluded: readonly ExcludedRecord[];
}

/** The rules of each conflict as facts, and as a tree to read. */
export function explainConflicts(
  problems: readonly (readonly Rule[])[],
  input: ExplainInput,
): { readonly conflicts: readonly (readonly Problem[])[]; readonly explanation: readonly string[] } {
  const conflicts = problems.map((rules) => rules.map((rule) => describeRule(rule, input)));
  return { conflicts, explanation: conflicts.flat().map((problem) => JSON.stringify(problem)) };
}

function describeRule(rule: Rule, { loaded, jobs }: ExplainInput): Problem {
  const dependency = rule.dependency === undefined ? undefined : loaded.dependencies[rule.dependency];
  const job = rule.job === undefined ? undefined : jobs[rule.job]?.origin;
  const jobSpec = job !== undefined && 'spec' in job ? job.spec.text : (job?.kind ?? '');
  const spec = dependency === undefined || dependency.kind === 'unused' ? jobSpec : dependency.text;
  const nameOf = (number: number | undefined): string => {
    if (number === undefined) return '';
    const record = loaded.table.candidates[number]?.record;
    if (record !== undefined) return formatDistName(record);
    return `pin ${loaded.pins[number - loaded.table.candidates.length]?.text ?? ''}`;
  };
  const source = nameOf(rule.source);
  const target = nameOf(rule.target);
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
      return { kind: 'other', text: `${rule.kind} ${source}` };
  }
}
