import { textWidth } from './text-width.ts';

/** `text` with lines broken at blanks where they are wider than `columns`. A word that is wider by itself stays in one piece. */
export function wrapWords(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => (textWidth(line) < columns ? line : wrapLine(line, columns)))
    .join('\n');
}

function wrapLine(line: string, columns: number): string {
  const lines: string[] = [];
  for (const word of line.split(' ')) {
    const together = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && textWidth(together) < columns) lines[lines.length - 1] = together;
    else lines.push(word);
  }
  return lines.join('\n');
}
