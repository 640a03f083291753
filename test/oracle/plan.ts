import { readFileSync } from 'node:fs';
import path from 'node:path';

import type { Part } from './compare.ts';

/** What the replay does besides comparing, and what it knows to differ. */
export interface ReplayPlan {
  /** Commands of the recording's author between two steps. */
  readonly before: Readonly<Record<string, string>>;
  /** What is run after a step, so that later ones meet the state that conda left. */
  readonly after: Readonly<Record<string, string>>;
  /** What is run in place of a step, so that later ones meet the same state; null for nothing. The step isn't compared. */
  readonly instead: Readonly<Record<string, string | null>>;
  readonly differences: readonly KnownDifference[];
}

export interface KnownDifference {
  readonly reason: string;
  readonly steps: readonly string[];
  /** All parts when it is not given. */
  readonly parts?: readonly Part[];
}

export function loadPlan(): ReplayPlan {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, 'plan.json'), 'utf8')) as ReplayPlan;
}

/** Why a part of a step may differ; undefined when it may not. */
export function findReason(plan: ReplayPlan, step: string, part: Part): string | undefined {
  return plan.differences.find(
    ({ steps, parts }) => steps.includes(step) && (parts === undefined || parts.includes(part)),
  )?.reason;
}
