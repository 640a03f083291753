/** A line that says something. */
export interface SpecLine {
  readonly line: string;
  /** From 1. */
  readonly number: number;
}

/** The lines of a text file of specs, trimmed, without blank ones and comments. */
export function specLines(text: string): readonly SpecLine[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'));
}

/** What `# platform: linux-64` in the header says. */
export function platformOfHeader(text: string): string | undefined {
  return /^#\s*platform:\s*(\S+)\s*$/m.exec(text)?.[1];
}
