import { makeStyle, type Style } from './style.ts';

/** One row of `info`: a label, and a value or several below each other. */
export type InfoRow = readonly [label: string, value: string | readonly string[]];

const LABEL_WIDTH = 23;

/** conda's two columns: labels to the right, a blank line before and behind. */
export function formatInfoTable(
  rows: readonly InfoRow[],
  style: Style = makeStyle(false),
): readonly string[] {
  return [
    '',
    ...rows.flatMap(([label, value]) => {
      const [first = '', ...more] = typeof value === 'string' ? [value] : value;
      const indent = ' '.repeat(LABEL_WIDTH + 3);
      return [
        `${style.bold(label.padStart(LABEL_WIDTH))} : ${first}`,
        ...more.map((line) => `${indent}${line}`),
      ];
    }),
    '',
  ];
}
