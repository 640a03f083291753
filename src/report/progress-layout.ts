import type { Style } from './style.ts';
import { cutToWidth, padToWidth, textWidth } from './text-width.ts';

/** A live line: text, a bar, facts. */
export interface ProgressLine {
  readonly head: string;
  /** How much of it is done, from 0 to 1; undefined where nobody knows. */
  readonly done: number | undefined;
  /** What is to be said behind it, in ever fewer words. */
  readonly facts: readonly (readonly string[])[];
}

const BAR = { least: 8, most: 28 };
/** Columns below which facts are worth more than a bar. */
const WIDE = 59;
const GAP = '  ';

/** The lines as text, texts and bars and facts below each other; none is wider than `columns`. */
export function fitLines(lines: readonly ProgressLine[], columns: number, style: Style): readonly string[] {
  const hasBars = lines.some(({ done }) => done !== undefined);
  if (columns < WIDE || !hasBars) return lines.map((line) => narrowLine(line, columns, hasBars, style));
  // Those that tell of phases have a spinner, and are as wide as they are; names of packages are cut.
  const heads = Math.max(...lines.map(({ head }) => (head.startsWith(' ') ? 0 : textWidth(head))));
  const mostWords = Math.max(...lines.map(({ facts }) => facts.length));
  for (let level = 0; level <= mostWords; level++) {
    const tails = lines.map(({ facts }) =>
      level === mostWords ? '' : tailOf(facts, Math.min(level, facts.length - 1)),
    );
    const room = columns - heads - GAP.length - Math.max(...tails.map(textWidth));
    if (room < BAR.least && level < mostWords) continue;
    const width = Math.max(0, Math.min(BAR.most, room));
    return lines.map(({ head, done }, at) => {
      const start = padToWidth(cutToWidth(head, Math.min(heads, columns), '…'), heads);
      const bar = done === undefined ? ' '.repeat(width) : formatBar(done, width, style);
      return `${start}${width > 0 ? GAP : ''}${bar}${style.dim(tails[at] ?? '')}`.trimEnd();
    });
  }
  return [];
}

/** Without bars, facts stand at the right; or behind the text, where nothing has a bar. */
function narrowLine({ head, facts }: ProgressLine, columns: number, isRight: boolean, style: Style): string {
  // Of a package, the name says less than how much of it is there.
  const least = head.startsWith(' ') ? Math.min(textWidth(head), 12) : textWidth(head);
  const tails = facts.map((_, level) => tailOf(facts, level));
  const tail = tails.find((text) => least + textWidth(text) <= columns) ?? '';
  const width = columns - textWidth(tail);
  const start = cutToWidth(head, width, '…');
  if (tail === '') return start;
  return (isRight ? padToWidth(start, width) : start) + style.dim(tail);
}

/** What stands behind at this level of words, with the gap before it. */
function tailOf(facts: readonly (readonly string[])[], level: number): string {
  return (facts[level] ?? []).map((fact) => GAP + fact).join('');
}

function formatBar(done: number, width: number, style: Style): string {
  const filled = Math.round(Math.min(1, Math.max(0, done)) * width);
  return style.good('━'.repeat(filled)) + style.dim('╌'.repeat(width - filled));
}
