import type { Phase } from '../model/event.ts';
import { formatDistName } from '../model/package-record.ts';
import { plainText } from './plain-text.ts';
import type { PhaseProgress, ProgressState } from './progress.ts';
import { formatSize } from './size.ts';
import { cutToWidth, padToWidth } from './text-width.ts';

export interface ProgressView {
  readonly columns: number;
  /** At most so many lines. */
  readonly rows: number;
  /** Counts up with each drawing; turns the spinner. */
  readonly frame: number;
  /** Bytes a second of the network. */
  readonly speed: number;
}

const TITLES: Readonly<Record<Phase, string>> = {
  repodata: 'Collecting package metadata',
  solve: 'Solving environment',
  fetch: 'Downloading packages',
  extract: 'Extracting packages',
  link: 'Executing transaction',
};
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const BAR_WIDTH = 20;

/** The live lines of a terminal: one a phase, and below the downloads that run. None is wider than the terminal. */
export function formatProgress(state: ProgressState, view: ProgressView): readonly string[] {
  const spinner = SPINNER[view.frame % SPINNER.length] ?? '';
  const phases = [...state.phases].map(([phase, progress]) => {
    const rate = phase === 'fetch' && view.speed > 0 ? `  ${formatSize(Math.round(view.speed))}/s` : '';
    return `${spinner} ${TITLES[phase]}${countText(progress)}${rate}`;
  });
  const downloads = [...state.downloads.values()].map(({ record, bytes }) =>
    downloadLine(plainText(formatDistName(record)), bytes, record.size, view.columns),
  );
  return [...phases, ...downloads]
    .slice(0, Math.max(1, view.rows))
    .map((line) => cutToWidth(line, view.columns));
}

/** The one line that stays of a phase that has ended; none if there was nothing to do. */
export function formatFinished(phase: Phase, progress: PhaseProgress): string | undefined {
  if (progress.total === 0) return undefined;
  return `${TITLES[phase]}: done${amountText(phase, progress)}`;
}

function countText(progress: PhaseProgress): string {
  const bytes = progress.bytes > 0 ? `  ${formatSize(progress.bytes)}` : '';
  if (progress.total === undefined) return progress.done > 0 ? `  ${progress.done}${bytes}` : bytes;
  return `  ${progress.done}/${progress.total}${bytes}`;
}

function amountText(phase: Phase, progress: PhaseProgress): string {
  if (phase !== 'fetch') return '';
  const fetched = progress.done - progress.cached;
  const parts = [];
  if (fetched > 0) parts.push(`${fetched} fetched, ${formatSize(progress.bytes)}`);
  if (progress.cached > 0) parts.push(`${progress.cached} from cache`);
  return parts.length > 0 ? ` (${parts.join('; ')})` : '';
}

function downloadLine(name: string, bytes: number, size: number | undefined, columns: number): string {
  const amount = size === undefined ? formatSize(bytes) : `${formatSize(bytes)} of ${formatSize(size)}`;
  const nameWidth = Math.max(10, Math.min(40, columns - BAR_WIDTH - 26));
  const shown = padToWidth(cutToWidth(name, nameWidth, '…'), nameWidth);
  if (columns < 60) return `  ${shown} ${amount}`;
  const filled = size === undefined || size === 0 ? 0 : Math.min(1, bytes / size);
  const bar = '━'.repeat(Math.round(filled * BAR_WIDTH)).padEnd(BAR_WIDTH, '╌');
  return `  ${shown} ${bar} ${amount}`;
}
