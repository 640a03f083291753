import { type ChangeCategory, sortChanges } from './change-categories.ts';
import { fitColumns } from './fit-columns.ts';
import { plainText } from './plain-text.ts';
import { type PlanColumn, type PlanRow, planRow } from './plan-row.ts';
import { type PlanTableInput, specLines } from './plan-table.ts';
import { formatSize } from './size.ts';
import { makeStyle, type Style } from './style.ts';
import { cutToWidth, padToWidth, textWidth } from './text-width.ts';

type Widths = ReadonlyMap<PlanColumn, number>;

interface Section {
  readonly category: ChangeCategory;
  readonly rows: readonly PlanRow[];
}

const TITLES: Readonly<Record<ChangeCategory, readonly [title: string, mark: string, summary: string]>> = {
  new: ['Install', '+', 'to install'],
  removed: ['Remove', '-', 'to remove'],
  updated: ['Update', '↑', 'to update'],
  superseded: ['Replace from a channel of higher priority', '↻', 'to replace'],
  downgraded: ['Downgrade', '↓', 'to downgrade'],
  revised: ['Replace by another build', '↻', 'to rebuild'],
};

/** What a terminal may have room for, the best first: columns, and the width at which each still says something. */
const LAYOUTS: readonly (readonly (readonly [PlanColumn, number])[])[] = [
  [
    ['name', 16],
    ['version', 10],
    ['build', 12],
    ['channel', 8],
    ['size', 7],
    ['why', 13],
  ],
  [
    ['name', 14],
    ['version', 8],
    ['build', 9],
    ['size', 7],
    ['why', 13],
  ],
  [
    ['name', 12],
    ['version', 8],
    ['size', 7],
    ['why', 12],
  ],
  // Why stands above those that have it in common.
  [
    ['name', 6],
    ['version', 5],
    ['size', 7],
  ],
];

/**
 * What will change, for a person at a terminal: a line a package, none wider than the terminal, and the sums last, where the
 * question stands. Without a terminal, `formatPlan` prints what conda prints.
 * @param columns of the terminal
 */
export function formatTerminalPlan(input: PlanTableInput, columns: number): readonly string[] {
  const { style = makeStyle(false) } = input;
  const sections = [...sortChanges(input.transaction)].flatMap(([category, changes]): readonly Section[] =>
    changes.length === 0 ? [] : [{ category, rows: changes.map((change) => planRow(change, input)) }],
  );
  const rows = sections.flatMap((section) => section.rows);
  const channels = new Set(rows.map(({ channel }) => channel).filter((channel) => channel !== ''));
  // A column kept free: some terminals begin a line when the last one is written to.
  const widths = layOut(rows, channels.size > 1, columns - 1);
  return [
    '',
    style.bold('## Package Plan ##'),
    '',
    `  environment location: ${plainText(input.transaction.prefix)}`,
    '',
    ...specLines('removed specs', input.removed),
    ...specLines('added / updated specs', input.added),
    ...sections.flatMap((section) => sectionLines(section, widths, columns - 1, style)),
    ...summaryLines(sections, input, widths.has('channel') ? new Set() : channels, columns - 1, style),
  ];
}

const MARK_WIDTH = 2;
const GAP = 2;

function layOut(rows: readonly PlanRow[], hasChannels: boolean, room: number): Widths {
  for (const layout of LAYOUTS) {
    const wanted = layout.flatMap(([column, least]) => {
      const natural = Math.max(0, ...rows.map((row) => textWidth(row[column])));
      return natural === 0 || (column === 'channel' && !hasChannels) ? [] : [{ column, least, natural }];
    });
    const widths = fitColumns(wanted, room - MARK_WIDTH, GAP);
    if (widths !== undefined) return new Map(wanted.map(({ column }, at) => [column, widths[at] ?? 0]));
  }
  return new Map([['name', Math.max(1, room - MARK_WIDTH)]]);
}

function sectionLines(
  { category, rows }: Section,
  widths: Widths,
  room: number,
  style: Style,
): readonly string[] {
  const [title, mark] = TITLES[category];
  const paint = category === 'removed' || category === 'downgraded' ? style.bad : style.good;
  const lineOf = (row: PlanRow): string => `${paint(mark)} ${rowText(row, widths, paint, style)}`;
  const heading = style.bold(cutToWidth(title, room, '…'));
  if (widths.has('why') || rows.every(({ why }) => why === '')) return [heading, ...rows.map(lineOf), ''];
  const groups = new Map<string, PlanRow[]>([['requested', []]]);
  for (const row of rows) {
    const reason = row.why.replace(/ and \d+ more$/, '');
    groups.set(reason, [...(groups.get(reason) ?? []), row]);
  }
  return [...groups].flatMap(([reason, members]) =>
    members.length === 0
      ? []
      : [
          style.bold(cutToWidth(reason === '' ? title : `${title}: ${reason}`, room, '…')),
          ...members.map(lineOf),
          '',
        ],
  );
}

function rowText(row: PlanRow, widths: Widths, paint: (text: string) => string, style: Style): string {
  const cells = [...widths].map(([column, width]) => {
    const text = cutToWidth(column === 'why' ? shortReason(row.why, width) : row[column], width, '…');
    const padded = column === 'size' ? text.padStart(width) : padToWidth(text, width);
    if (column === 'name') return row.why === 'requested' ? style.bold(paint(padded)) : paint(padded);
    return column === 'version' || (column === 'size' && text !== 'cached') ? padded : style.dim(padded);
  });
  return cells.join(' '.repeat(GAP)).trimEnd();
}

/** `dep of numpy and 2 more` in fewer letters, where there is no room. */
function shortReason(text: string, width: number): string {
  return textWidth(text) <= width ? text : text.replace(/ and (\d+) more$/, ' +$1');
}

function summaryLines(
  sections: readonly Section[],
  { fetch }: PlanTableInput,
  channels: ReadonlySet<string>,
  room: number,
  style: Style,
): readonly string[] {
  if (sections.length === 0) return [];
  const bytes = fetch.reduce((sum, { size = 0 }) => sum + size, 0);
  const comes = sections.some(({ category }) => category !== 'removed');
  const parts = [
    ...sections.map(({ category, rows }) => `${rows.length} ${TITLES[category][2]}`),
    ...(comes ? [fetch.length > 0 ? `${formatSize(bytes)} to download` : 'nothing to download'] : []),
    ...(comes && channels.size > 0 ? [`from ${[...channels].toSorted().join(', ')}`] : []),
  ];
  const lines: string[] = [];
  for (const part of parts) {
    const together = `${lines.at(-1) ?? ''}, ${part}`;
    if (lines.length > 0 && textWidth(together) < room) lines[lines.length - 1] = together;
    else lines.push(part);
  }
  return [...lines.map((line) => style.bold(cutToWidth(line, room, '…'))), ''];
}
