import type { Phase, ProgressEvent, Report } from '../model/event.ts';
import { describeEvent } from '../report/event-text.ts';
import { NO_PROGRESS, phasesEndedBy, type ProgressState, reduceProgress } from '../report/progress.ts';
import { formatFinished, formatProgress } from '../report/progress-lines.ts';
import { makeStyle, type Style, withoutStyle } from '../report/style.ts';
import { textWidth } from '../report/text-width.ts';
import type { Output } from './output.ts';

/** Shows how the work goes. What else is printed goes through `print`, so that it stands above the live lines. */
export interface ProgressDisplay {
  readonly report: Report;
  readonly print: (text: string) => void;
  /** Lets `write` write to another stream of the same terminal: above the live lines, too. */
  readonly aside: (write: () => void) => void;
  /** Takes the live lines away; nothing is drawn until the next event. */
  readonly pause: () => void;
}

export interface ProgressDisplayOptions {
  /** Milliseconds since the program started. */
  readonly now: () => number;
  /** Where warnings go. */
  readonly warn: (text: string) => void;
  readonly verbosity: number;
  readonly style?: Style;
}

const DRAW_EVERY_MS = 80;
/** Around lines: what hears late that it was made narrower cuts them off. */
const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';
const CLEAR_LINE_END = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

/** Nothing but warnings: for `--quiet` and `--json`. */
export function silentDisplay(output: Output, options: ProgressDisplayOptions): ProgressDisplay {
  return {
    report: (event) => reportText(event, options),
    print: output.write,
    aside: (write) => write(),
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
    aside: (write) => write(),
    pause: () => {},
  };
}

/**
 * Lines that are drawn over and over at the foot of a terminal. Nothing of the terminal is changed but what it shows, so whoever
 * stops or kills us at any moment gets it back as it was.
 */
export function liveDisplay(output: Output, options: ProgressDisplayOptions): ProgressDisplay {
  let state = NO_PROGRESS;
  /** The widths of the lines that stand there. */
  let drawn: readonly number[] = [];
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  const rate = speedometer(options.now);
  const begun = new Map<Phase, number>();
  const style = options.style ?? makeStyle(false);

  /** To the first of the lines that stand there, which wrapped if the terminal was made narrower since. */
  const goUp = (): string => {
    const columns = output.columns();
    const rows = drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    drawn = [];
    return rows > 0 ? `\r\u001b[${Math.min(rows, Math.max(1, output.rows() - 1))}A` : '';
  };
  const erase = (): string => {
    const up = goUp();
    return up === '' ? '' : up + CLEAR_BELOW;
  };
  const draw = (): string => {
    const lines = formatProgress(state, {
      columns: Math.max(1, output.columns() - 1),
      rows: Math.max(1, output.rows() - 2),
      frame,
      speed: rate.speed(),
      silence: rate.silence(),
      age: (phase) => (options.now() - (begun.get(phase) ?? options.now())) / 1000,
      style,
    });
    drawn = lines.map((line) => textWidth(withoutStyle(line)));
    if (lines.length === 0) return CLEAR_BELOW;
    return `${NO_WRAP}${lines.map((line) => `${line}${CLEAR_LINE_END}\n`).join('')}${CLEAR_BELOW}${WRAP}`;
  };
  const tick = (): void => {
    frame += 1;
    output.write(goUp() + draw());
  };
  const aside = (write: () => void): void => {
    const isDrawn = drawn.length > 0;
    output.write(erase());
    write();
    if (isDrawn) output.write(draw());
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    output.write(erase());
  };

  return {
    report: (event) => {
      if (event.kind === 'download-progress') rate.add(event.bytes);
      if (event.kind === 'phase-started') begun.set(event.phase, options.now());
      if (event.kind === 'phase-started' && event.phase === 'fetch') rate.start();
      const finished = phasesEndedBy(state, event)
        .map((phase) => finishedLine(state, phase, style))
        .join('');
      state = reduceProgress(state, event);
      if (finished !== '') output.write(erase() + finished + draw());
      if (state.phases.size === 0) stop();
      else timer ??= setInterval(tick, DRAW_EVERY_MS).unref();
      // What comes may leave no time for drawing.
      if (event.kind === 'phase-started') output.write(goUp() + draw());
      const text = textOf(event, options);
      if (text !== undefined) aside(() => options.warn(text));
    },
    print: (text) => {
      if (drawn.length === 0) output.write(text);
      else output.write(erase() + text + draw());
    },
    aside,
    pause: stop,
  };
}

function finishedLine(state: ProgressState, phase: Phase, style?: Style): string {
  const progress = state.phases.get(phase);
  const line = progress === undefined ? undefined : formatFinished(phase, progress, style);
  return line === undefined ? '' : `${line}\n`;
}

function reportText(event: ProgressEvent, options: ProgressDisplayOptions): void {
  const text = textOf(event, options);
  if (text !== undefined) options.warn(text);
}

function textOf(event: ProgressEvent, { verbosity, now }: ProgressDisplayOptions): string | undefined {
  const text = describeEvent(event, verbosity, now() / 1000);
  return text === undefined ? undefined : `${text}\n`;
}

/** Bytes a second over the last two seconds. */
function speedometer(now: () => number): {
  readonly start: () => void;
  readonly add: (bytes: number) => void;
  readonly speed: () => number;
  /** Seconds since there was anything, or since the start. */
  readonly silence: () => number;
} {
  const span = 2000;
  let heard = now();
  let samples: { readonly at: number; readonly bytes: number }[] = [];
  const forget = (at: number): void => {
    if ((samples[0]?.at ?? at) < at - span) samples = samples.filter((sample) => sample.at >= at - span);
  };
  return {
    start: () => {
      heard = now();
    },
    silence: () => (now() - heard) / 1000,
    add: (bytes) => {
      const at = now();
      heard = at;
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
