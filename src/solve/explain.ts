import type { Rule } from 'libsolv-wasm';

import type { MatchSpec } from '../model/match-spec.ts';
import type { Problem } from '../model/solution.ts';
import type { ExcludedRecord } from './candidate.ts';
import { buildConflictGraph } from './conflict-graph.ts';
import { formatConflict } from './conflict-text.ts';
import { describeRule } from './describe-rule.ts';
import type { EncodedJob } from './encode-jobs.ts';
import type { ExplainLimits } from './explain-limits.ts';
import type { LoadedPool } from './load-pool.ts';

/** What an explanation is made of. */
export interface ExplainInput {
  readonly loaded: LoadedPool;
  readonly jobs: readonly EncodedJob[];
  readonly excluded: readonly ExcludedRecord[];
  /** What the user typed. */
  readonly requested: readonly MatchSpec[];
  readonly limits: ExplainLimits;
}

/** The rules of each conflict as facts, and as trees to read: what was asked for, and beneath it why that can't be. */
export function explainConflicts(
  problems: readonly (readonly Rule[])[],
  input: ExplainInput,
): { readonly conflicts: readonly (readonly Problem[])[]; readonly explanation: readonly string[] } {
  const conflicts = problems.map((rules) => rules.map((rule) => describeRule(rule, input)));
  const trees = problems.map((rules) => {
    const graph = buildConflictGraph(rules, input.loaded, input.jobs);
    return formatConflict(graph, input);
  });
  const distinct = [...new Map(trees.map((lines) => [lines.join('\n'), lines])).values()];
  return { conflicts, explanation: distinct.flat() };
}
