import { existsSync } from 'node:fs';

import { beforeAll, describe, expect, test } from 'vitest';

import { CLI } from '../helpers/cli.ts';
import { idleReasons, loadPlan, unexplainedLines } from '../oracle/plan.ts';
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
    const unexplained = (results.get(id)?.differences ?? []).flatMap((difference) =>
      unexplainedLines(plan, id, difference).map((line) => `${difference.part} ${line}`),
    );
    expect(unexplained).toEqual([]);
  });

  test('a difference that is gone is not listed', () => {
    const differences = new Map([...results].map(([id, result]) => [id, result.differences]));
    expect(idleReasons(plan, differences)).toEqual([]);
  });
});
