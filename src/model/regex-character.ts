/** Whether one character (lower-cased) is meant. */
export type CharacterTest = (char: string) => boolean;

/** A pattern that can't be used; `position` counts from its first character. */
export class RegexError extends Error {
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

/** The control characters that a letter after a backslash stands for. */
export const CONTROL: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  f: '\f',
  v: '\v',
  0: '\0',
};

/**
 * What a letter or sign after a backslash means.
 * @throws {RegexError}
 */
export function escapedCharacter(char: string, start: number): CharacterTest {
  switch (char) {
    case 'd':
      return isDigit;
    case 'D':
      return (c) => !isDigit(c);
    case 'w':
      return isWordCharacter;
    case 'W':
      return (c) => !isWordCharacter(c);
    case 's':
      return isSpace;
    case 'S':
      return (c) => !isSpace(c);
    default: {
      const control = CONTROL[char];
      if (control !== undefined) return (c) => c === control;
      if (/[a-z]/i.test(char)) throw new RegexError(`unknown escape '\\${char}'`, start);
      return (c) => c === char;
    }
  }
}

/** That letter, in either case. */
export function sameLetter(char: string): CharacterTest {
  const lower = char.toLowerCase();
  return (c) => c === lower;
}

/** Whether a character lies between two others, them included. */
export function isWithin(char: string, low: string, high: string): boolean {
  return char >= low && char <= high;
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}

function isSpace(char: string): boolean {
  return /^\s$/.test(char);
}

/** What `\w` means and `\b` looks for. */
export function isWordCharacter(char: string): boolean {
  return char === '_' || isDigit(char) || (char >= 'a' && char <= 'z');
}
