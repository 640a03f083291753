import type { TcondaError } from '../errors.ts';

/** A map out of a parsed file, of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>;

/** Reads fields of what was parsed; each throws when the field is of another type than it must be. */
export interface FieldReader {
  readonly fail: (reason: string, cause?: unknown) => TcondaError;
  /** `where` is the name of what is read, for messages. */
  readonly map: (value: unknown, where: string) => Fields;
  readonly list: (value: unknown, where: string) => readonly unknown[];
  readonly text: (value: unknown, where: string) => string;
  readonly findText: (value: unknown, where: string) => string | undefined;
}

/** Reads fields of untrusted data as what they must be; `fail` makes the error for those that are not. */
export function createFieldReader(fail: FieldReader['fail']): FieldReader {
  const text = (value: unknown, where: string): string => {
    // Tools write versions such as 3 without quotes.
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
    throw fail(`${where} is no text`);
  };
  return {
    fail,
    map: (value, where) => {
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
      throw fail(`${where} is no map`);
    },
    list: (value, where) => {
      if (value === undefined || value === null) return [];
      if (Array.isArray(value)) return value;
      throw fail(`${where} is no list`);
    },
    text,
    findText: (value, where) => (value === undefined || value === null ? undefined : text(value, where)),
  };
}
