import { compareRun, type Difference } from './compare.ts';
import { loadPlan, type ReplayPlan, tolerances } from './plan.ts';
import { loadRecordings, type Recording } from './recording.ts';
import { type Machine, startMachine } from './replay.ts';

export interface StepResult {
  readonly recording: Recording;
  readonly differences: readonly Difference[];
}

/** How many commands that change nothing run at the same time. */
const AT_ONCE = 4;

/** Runs every recorded command in order, and compares what can be compared. */
export async function replayAll(
  cli: string,
  oracle: string,
  { until = '\uffff', plan = loadPlan() }: { readonly until?: string; readonly plan?: ReplayPlan } = {},
): Promise<readonly StepResult[]> {
  const machine = await startMachine(cli, oracle);
  const results: StepResult[] = [];
  try {
    const recordings = loadRecordings(oracle).filter(({ id }) => id <= until);
    for (const batch of batchesOf(recordings, plan)) {
      // oxlint-disable-next-line no-await-in-loop -- each step meets the state that the last one left
      results.push(...(await Promise.all(batch.map((recording) => replayStep(recording, machine, plan)))));
    }
  } finally {
    await machine.close();
  }
  return results;
}

async function replayStep(recording: Recording, machine: Machine, plan: ReplayPlan): Promise<StepResult> {
  const { id, command, typed } = recording;
  const [before, after] = [plan.before[id], plan.after[id]];
  if (before !== undefined) await machine.run(before);
  const replayed =
    typed === undefined ? await machine.run(command) : await machine.runAtTerminal(command, typed);
  if (after !== undefined) await machine.run(after);
  return { recording, differences: compareRun(recording, replayed, tolerances(plan, id)) };
}

/** Steps by themselves, but for neighbours that only look. */
function batchesOf(recordings: readonly Recording[], plan: ReplayPlan): readonly (readonly Recording[])[] {
  const batches: Recording[][] = [];
  let isOpen = false;
  for (const recording of recordings) {
    const looks =
      LOOKS.test(recording.command) && !(recording.id in plan.before) && recording.typed === undefined;
    const last = batches.at(-1);
    if (looks && isOpen && last !== undefined && last.length < AT_ONCE) last.push(recording);
    else batches.push([recording]);
    isOpen = looks;
  }
  return batches;
}

const LOOKS =
  /^(?:\w+='[^']*' )*conda (?:list|search|info|export|env list|env export|compare|repoquery|shell\.|config --(?:show|get|describe|validate))(?:(?![;>|&]| -f | --file ).)*$/;
