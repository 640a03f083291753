import type { Phase, ProgressEvent, Report } from '../model/event.ts';
import { NO_PROGRESS, phasesEndedBy, type ProgressState, reduceProgress } from '../report/progress.ts';
import { formatFinished, formatProgress } from '../report/progress-lines.ts';
import type { Output } from './output.ts';

/** Shows how the work goes. What else is printed goes through `print`, so that it stands above the live lines. */
export interface ProgressDisplay {
  readonly report: Report;
  readonly print: (text: string) => void;
  /** Takes the live lines away; nothing is drawn until the next event. */
  readonly pause: () => void;
}

export interface ProgressDisplayOptions {
  readonly now: () => number;
  /** Where warnings go. */
  readonly warn: (text: string) => void;
  readonly verbosity: number;
}

const DRAW_EVERY_MS = 80;
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';

/** Nothing but warnings: for `--quiet` and `--json`. */
export function silentDisplay(output: Output, options: ProgressDisplayOptions): ProgressDisplay {
  return {
    report: (event) => reportText(event, options),
    print: output.write,
    pause: () => {},
  };
}

/** A line for each phase that ends: for pipes, files and CI. */
export function plainDisplay(output: Output, options: ProgressDisplayOptions): ProgressDisplay {
  let state = NO_PROGRESS;
  return {
    report: (event) => {
      const finished = phasesEndedBy(state, event)
        .map((phase) => finishedLine(state, phase))
        .join('');
      state = reduceProgress(state, event);
      output.write(finished);
      reportText(event, options);
    },
    print: output.write,
    pause: () => {},
  };
}

/** Lines that are drawn over and over at the foot of a terminal. */
export function liveDisplay(output: Output, options: ProgressDisplayOptions): ProgressDisplay {
  let state = NO_PROGRESS;
  let drawn = 0;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  const rate = speedometer(options.now);

  const erase = (): string => {
    const text = drawn > 0 ? `\r\u001b[${drawn}A\u001b[J${SHOW_CURSOR}` : '';
    drawn = 0;
    return text;
  };
  const draw = (): string => {
    const lines = formatProgress(state, {
      columns: Math.max(20, output.columns() - 1),
      rows: Math.max(1, output.rows() - 2),
      frame,
      speed: rate.speed(),
    });
    drawn = lines.length;
    return lines.length > 0 ? `${HIDE_CURSOR}${lines.join('\n')}\n` : '';
  };
  const tick = (): void => {
    frame += 1;
    output.write(erase() + draw());
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    output.write(erase());
  };

  return {
    report: (event) => {
      if (event.kind === 'download-progress') rate.add(event.bytes);
      const finished = phasesEndedBy(state, event)
        .map((phase) => finishedLine(state, phase))
        .join('');
      state = reduceProgress(state, event);
      if (finished !== '') output.write(erase() + finished + draw());
      if (state.phases.size === 0) stop();
      else timer ??= setInterval(tick, DRAW_EVERY_MS).unref();
      if (event.kind === 'message' || event.kind === 'warning') {
        output.write(erase());
        reportText(event, options);
      }
    },
    print: (text) => {
      if (drawn === 0) output.write(text);
      else output.write(erase() + text + draw());
    },
    pause: stop,
  };
}

function finishedLine(state: ProgressState, phase: Phase): string {
  const progress = state.phases.get(phase);
  const line = progress === undefined ? undefined : formatFinished(phase, progress);
  return line === undefined ? '' : `${line}\n`;
}

function reportText(event: ProgressEvent, options: ProgressDisplayOptions): void {
  if (event.kind === 'warning') options.warn(`warning: ${event.text}\n`);
  if (event.kind === 'message') options.warn(`${event.text}\n`);
}

/** Bytes a second over the last two seconds. */
function speedometer(now: () => number): { add: (bytes: number) => void; speed: () => number } {
  const span = 2000;
  let samples: { readonly at: number; readonly bytes: number }[] = [];
  const forget = (at: number): void => {
    if ((samples[0]?.at ?? at) < at - span) samples = samples.filter((sample) => sample.at >= at - span);
  };
  return {
    add: (bytes) => {
      const at = now();
      forget(at);
      samples.push({ at, bytes });
    },
    speed: () => {
      const at = now();
      forget(at);
      const first = samples[0];
      if (first === undefined) return 0;
      const bytes = samples.reduce((sum, sample) => sum + sample.bytes, 0);
      return (bytes / Math.max(200, at - first.at)) * 1000;
    },
  };
}
