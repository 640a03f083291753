import { compareRun, type Difference } from './compare.ts';
import { loadPlan, type ReplayPlan } from './plan.ts';
import { loadRecordings, type Recording } from './recording.ts';
import { startMachine } from './replay.ts';

export interface StepResult {
  readonly recording: Recording;
  /** Undefined where something else was run instead, or nothing. */
  readonly differences: readonly Difference[] | undefined;
}

/** Runs every recorded command in order, and compares what can be compared. */
export async function replayAll(
  cli: string,
  oracle: string,
  { until = '\uffff', plan = loadPlan() }: { readonly until?: string; readonly plan?: ReplayPlan } = {},
): Promise<readonly StepResult[]> {
  const machine = await startMachine(cli, oracle);
  const results: StepResult[] = [];
  try {
    for (const recording of loadRecordings(oracle)) {
      if (recording.id > until) break;
      const { id, command } = recording;
      const before = plan.before[id];
      // oxlint-disable-next-line no-await-in-loop -- each step meets the state that the last one left
      if (before !== undefined) await machine.run(before);
      const instead = plan.instead[id];
      if (instead === undefined && !recording.isTerminal) {
        // oxlint-disable-next-line no-await-in-loop
        results.push({ recording, differences: compareRun(recording, await machine.run(command)) });
      } else {
        // oxlint-disable-next-line no-await-in-loop
        if (typeof instead === 'string') await machine.run(instead);
        results.push({ recording, differences: undefined });
      }
    }
  } finally {
    await machine.close();
  }
  return results;
}
