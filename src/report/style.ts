/** Ways to set off a piece of text at a terminal. Each gives back what it was given when there are no colours. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly notable: (text: string) => string;
}

/** @param hasColours whether whoever reads understands escape sequences, and wants them */
export function makeStyle(hasColours: boolean): Style {
  const wrap = (on: number, off: number) => (text: string) =>
    hasColours && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    bold: wrap(1, 22),
    dim: wrap(2, 22),
    good: wrap(32, 39),
    bad: wrap(31, 39),
    notable: wrap(33, 39),
  };
}

/** `text` as it stands on the screen: without what {@link makeStyle} put around its parts. */
export function withoutStyle(text: string): string {
  return text.replaceAll(STYLED, '');
}

const STYLED = new RegExp(String.raw`${'\u001b'}\[\d+m`, 'g');

/** Whether colours are wanted, by the conventions of `NO_COLOR`, `FORCE_COLOR` and `TERM=dumb`. */
export function wantsColours(
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: () => boolean,
): boolean {
  const { NO_COLOR: never, FORCE_COLOR: always, TERM: terminal } = env;
  if (never !== undefined && never !== '') return false;
  if (always !== undefined && always !== '') return always !== '0' && always !== 'false';
  return terminal !== 'dumb' && isTerminal();
}
