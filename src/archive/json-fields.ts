import { TcondaError } from '../errors.ts';

/** An object of a metadata file, whose fields are read one by one and with their types. */
export class JsonFields {
  readonly #object: Readonly<Record<string, unknown>>;
  readonly #where: string;

  constructor(value: unknown, where: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw invalidInfo(where, 'is no object');
    this.#object = value as Readonly<Record<string, unknown>>;
    this.#where = where;
  }

  /** The value as it is; `null` counts as absent. */
  get(key: string): unknown {
    return Object.hasOwn(this.#object, key) ? (this.#object[key] ?? undefined) : undefined;
  }

  text(key: string): string | undefined {
    return asText(this.get(key), key, this.#where);
  }

  /** A whole number at least 0; digits in quotes will do, as old packages have them. */
  count(key: string): number | undefined {
    return asCount(this.get(key), key, this.#where);
  }

  flag(key: string): boolean | undefined {
    return asFlag(this.get(key), key, this.#where);
  }

  /** A list of texts; absent means undefined. */
  texts(key: string): readonly string[] | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string')) return value;
    throw this.wrong(key, 'a list of texts');
  }

  wrong(key: string, what: string): TcondaError {
    return wrongField(this.#where, key, what);
  }
}

/** The value of a field as a text; `null` counts as absent. @throws {TcondaError} `INVALID_PACKAGE_INFO` */
export function asText(value: unknown, key: string, where: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw wrongField(where, key, 'a text');
}

/** As {@link JsonFields.count}. @throws {TcondaError} `INVALID_PACKAGE_INFO` */
export function asCount(value: unknown, key: string, where: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number;
  throw wrongField(where, key, 'a whole number');
}

/** The value of a field as yes or no; `null` counts as absent. @throws {TcondaError} `INVALID_PACKAGE_INFO` */
export function asFlag(value: unknown, key: string, where: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  throw wrongField(where, key, 'true or false');
}

/** Parses a metadata file. @throws {TcondaError} `INVALID_PACKAGE_INFO` */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (cause) {
    throw new TcondaError('INVALID_PACKAGE_INFO', `${where} is no JSON`, { cause });
  }
}

/** `INVALID_PACKAGE_INFO`: what is wrong with the metadata at a place, which the message begins with. */
export function invalidInfo(where: string, what: string): TcondaError {
  return new TcondaError('INVALID_PACKAGE_INFO', `${where} ${what}`);
}

/** The error for a field that is not what it should be. */
export function wrongField(where: string, key: string, what: string): TcondaError {
  return invalidInfo(where, `'${key}' is not ${what}`);
}
