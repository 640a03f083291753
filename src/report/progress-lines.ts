import type { Phase } from '../model/event.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import { plainText } from './plain-text.ts';
import { fitLines, type ProgressLine } from './progress-layout.ts';
import type { PhaseProgress, ProgressState } from './progress.ts';
import { formatAmount, formatSize } from './size.ts';
import { makeStyle, type Style } from './style.ts';

/** How much room there is, and which picture of an animation it is. */
export interface ProgressView {
  readonly columns: number;
  /** At most so many lines. */
  readonly rows: number;
  /** Counts up with each drawing; turns the spinner. */
  readonly frame: number;
  /** Bytes a second of the network. */
  readonly speed: number;
  /** Seconds since the network gave anything. */
  readonly silence?: number;
  /** Seconds since a phase began. */
  readonly age?: (phase: Phase) => number;
  readonly style?: Style;
}

const TITLES: Readonly<Record<Phase, string>> = {
  repodata: 'Collecting package metadata',
  solve: 'Solving environment',
  fetch: 'Downloading packages',
  extract: 'Extracting packages',
  link: 'Executing transaction',
};
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** Seconds of work, or of silence, after which they are worth a word. */
const PATIENCE = 3;
/** Amounts stand below each other. */
const AMOUNT = '99.9 of 99.9 MB'.length;

/** The live lines of a terminal: one a phase, and below the downloads that run. None is wider than the terminal. */
export function formatProgress(state: ProgressState, view: ProgressView): readonly string[] {
  const spinner = SPINNER[view.frame % SPINNER.length] ?? '';
  const phases = [...state.phases];
  const titles = Math.max(0, ...phases.map(([phase]) => TITLES[phase].length));
  const counts = phases.map(([, progress]) => countText(progress));
  const digits = Math.max(0, ...counts.map((count) => count.length));
  const lines = phases.map(([phase, progress], at): ProgressLine => {
    const head = `${spinner} ${TITLES[phase].padEnd(titles)}  ${(counts[at] ?? '').padStart(digits)}`;
    return {
      head: head.trimEnd(),
      done: doneShare(phase, progress, state),
      facts: phase === 'fetch' ? downloadFacts(progress, state, view) : ageFacts(phase, progress, view),
    };
  });
  const downloads = [...state.downloads.values()].map(downloadLine);
  const shown = [...lines, ...downloads].slice(0, Math.max(1, view.rows));
  return fitLines(shown, view.columns, view.style ?? makeStyle(false));
}

/** The one line that stays of a phase that has ended; none if there was nothing to do. */
export function formatFinished(
  phase: Phase,
  progress: PhaseProgress,
  style = makeStyle(false),
): string | undefined {
  if (progress.total === 0) return undefined;
  return `${TITLES[phase]}: ${style.good('done')}${amountText(phase, progress)}`;
}

function countText({ total, done }: PhaseProgress): string {
  if (total === undefined) return done > 0 ? String(done) : '';
  return `${done}/${total}`;
}

function doneShare(phase: Phase, progress: PhaseProgress, state: ProgressState): number | undefined {
  if (phase === 'fetch' && state.expectedBytes > 0) return progress.bytes / state.expectedBytes;
  return progress.total === undefined || progress.total === 0 ? undefined : progress.done / progress.total;
}

function downloadFacts(
  { bytes }: PhaseProgress,
  state: ProgressState,
  { speed, silence = 0 }: ProgressView,
): readonly (readonly string[])[] {
  const amount = formatAmount(bytes, state.expectedBytes).padStart(AMOUNT);
  if (silence >= PATIENCE && state.downloads.size > 0) {
    return [[amount, `nothing for ${Math.floor(silence)} s`], [`nothing for ${Math.floor(silence)} s`]];
  }
  if (bytes <= 0) return [];
  if (speed <= 0) return [[amount], [formatSize(bytes)]];
  const rate = `${formatSize(Math.round(speed))}/s`.padStart('999 KB/s'.length);
  const left = Math.max(0, state.expectedBytes - bytes);
  const rest = state.expectedBytes > 0 ? [formatDuration(left / speed)] : [];
  return [[amount, rate, ...rest], [amount, rate], [amount], [formatSize(bytes)]];
}

/** A phase that can't say how far it is says at least how long it has been at it. */
function ageFacts(
  phase: Phase,
  { total }: PhaseProgress,
  { age }: ProgressView,
): readonly (readonly string[])[] {
  const seconds = age?.(phase) ?? 0;
  return total === undefined && seconds >= PATIENCE ? [[formatDuration(seconds)]] : [];
}

/** `1:05`, minutes and seconds. */
function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

function amountText(phase: Phase, progress: PhaseProgress): string {
  if (phase !== 'fetch') return '';
  const fetched = progress.done - progress.cached;
  const parts = [];
  if (fetched > 0) parts.push(`${fetched} fetched, ${formatSize(progress.bytes)}`);
  if (progress.cached > 0) parts.push(`${progress.cached} from cache`);
  return parts.length > 0 ? ` (${parts.join('; ')})` : '';
}

function downloadLine({
  record: { name, version, size = 0 },
  bytes,
}: {
  readonly record: RepoDataRecord;
  readonly bytes: number;
}): ProgressLine {
  return {
    head: `  ${plainText(`${name} ${version}`)}`,
    done: size > 0 ? bytes / size : undefined,
    facts: [[formatAmount(bytes, size).padStart(AMOUNT)], [formatSize(bytes)]],
  };
}
