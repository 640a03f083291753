import { existsSync } from 'node:fs';

import { beforeAll, describe, expect, test } from 'vitest';

import { CLI } from '../helpers/cli.ts';
import { findReason, loadPlan } from '../oracle/plan.ts';
import { loadRecordings } from '../oracle/recording.ts';
import { replayAll, type StepResult } from '../oracle/replay-all.ts';

const oracle = process.env['TCONDA_ORACLE'];
const isReady = oracle !== undefined && existsSync(oracle) && existsSync(CLI);
const plan = loadPlan();
const results = new Map<string, StepResult>();
const ids = isReady ? loadRecordings(oracle).map(({ id }) => id) : [];

describe.runIf(isReady)('what conda printed', () => {
  beforeAll(async () => {
    for (const result of await replayAll(CLI, oracle ?? '', { plan }))
      results.set(result.recording.id, result);
  }, 900_000);

  test.each(ids)('%s', (id) => {
    const unexplained = (results.get(id)?.differences ?? []).filter(
      ({ part }) => findReason(plan, id, part) === undefined,
    );
    const expected = unexplained.map((difference) => `${difference.part}\n${difference.expected}`).join('\n');
    const actual = unexplained.map((difference) => `${difference.part}\n${difference.actual}`).join('\n');
    expect(actual).toBe(expected);
  });

  test('a difference that is gone is not listed', () => {
    const equal = [...results.values()]
      .filter(({ differences }) => differences?.length === 0)
      .map(({ recording }) => recording.id);
    const listed = new Set(plan.differences.flatMap(({ steps }) => steps));
    expect(equal.filter((id) => listed.has(id))).toEqual([]);
  });
});
