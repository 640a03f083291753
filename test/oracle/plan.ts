import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { Difference, Part } from './compare.ts';
import { diffLines } from './line-diff.ts';

/** What the replay does besides comparing, and what it knows to differ. */
export interface ReplayPlan {
  /** Commands of the recording's author between two steps. */
  readonly before: Readonly<Record<string, string>>;
  /** What is run after a step, so that later ones meet the state that conda left. */
  readonly after: Readonly<Record<string, string>>;
  readonly differences: readonly KnownDifference[];
}

/** A reason to differ. What it does not name must be equal. */
export interface KnownDifference {
  readonly reason: string;
  readonly steps: readonly string[];
  /** All parts when it is not given. */
  readonly parts?: readonly Part[];
  /** Patterns of the lines that may differ, `-` before those of conda and `+` before ours; all when there are none. */
  readonly lines?: readonly string[];
  /** Keys of JSON objects that only one of both has. */
  readonly keys?: readonly string[];
  /** Whether the order of lines and of JSON lists says nothing. */
  readonly isUnordered?: boolean;
}

export function loadPlan(): ReplayPlan {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, 'plan.json'), 'utf8')) as ReplayPlan;
}

/** What may differ in any part of a step before it is compared. */
export function tolerances(
  plan: ReplayPlan,
  step: string,
): { readonly keys: readonly string[]; readonly isUnordered: boolean } {
  const known = plan.differences.filter(({ steps }) => steps.includes(step));
  return {
    keys: known.flatMap(({ keys = [] }) => keys),
    isUnordered: known.some(({ isUnordered = false }) => isUnordered),
  };
}

/** The lines of a difference that no reason covers. */
export function unexplainedLines(plan: ReplayPlan, step: string, difference: Difference): readonly string[] {
  const known = plan.differences.filter((one) => covers(one, step, difference.part));
  return diffLines(difference.expected, difference.actual).filter(
    (line) => !known.some((one) => one.lines?.some((pattern) => new RegExp(pattern).test(line)) ?? true),
  );
}

/** Reasons, and patterns of reasons, that nothing differs by any more. */
export function idleReasons(
  plan: ReplayPlan,
  differences: ReadonlyMap<string, readonly Difference[]>,
): readonly string[] {
  return plan.differences.flatMap((one) => {
    if (one.lines === undefined && (one.keys !== undefined || one.isUnordered === true)) return [];
    const seen = one.steps.map((step) => ({
      step,
      lines: (differences.get(step) ?? [])
        .filter(({ part }) => covers(one, step, part))
        .flatMap(({ expected, actual }) => diffLines(expected, actual)),
    }));
    const patterns = (one.lines ?? ['']).map((pattern) => new RegExp(pattern));
    return [
      ...patterns
        .filter((pattern) => !seen.some(({ lines }) => lines.some((line) => pattern.test(line))))
        .map((pattern) => `${one.reason} ${pattern.source}`),
      ...seen
        .filter(({ lines }) => !lines.some((line) => patterns.some((pattern) => pattern.test(line))))
        .map(({ step }) => `${one.reason} ${step}`),
    ];
  });
}

function covers(
  { steps, parts, keys, isUnordered, lines }: KnownDifference,
  step: string,
  part: Part,
): boolean {
  const isPreparation = lines === undefined && (keys !== undefined || isUnordered === true);
  return !isPreparation && steps.includes(step) && (parts === undefined || parts.includes(part));
}
