/** How wide a column would be, and how narrow it may become. */
export interface FittedColumn {
  /** As wide as its widest cell. */
  readonly natural: number;
  /** The width at which it still says something. */
  readonly least: number;
}

/**
 * Widths for the columns of a table that may be `room` wide, with `gap` blanks between columns. The widest give way first, each
 * down to its least; undefined where that is not enough.
 */
export function fitColumns(
  columns: readonly FittedColumn[],
  room: number,
  gap: number,
): readonly number[] | undefined {
  const widths = columns.map(({ natural }) => natural);
  let excess = widths.reduce((sum, width) => sum + width, gap * (columns.length - 1)) - room;
  for (; excess > 0; excess--) {
    let widest = -1;
    columns.forEach(({ least }, at) => {
      const width = widths[at] ?? 0;
      if (width > least && width > (widths[widest] ?? 0)) widest = at;
    });
    if (widest < 0) return undefined;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}
