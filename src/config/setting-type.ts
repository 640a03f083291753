/** What a setting may be. Data, so that reading, merging, checking and describing a setting all follow one description. */
export type SettingType =
  | { readonly kind: 'bool' }
  /** `null` when nobody decided. */
  | { readonly kind: 'bool?' }
  | { readonly kind: 'str' }
  | { readonly kind: 'str?' }
  | { readonly kind: 'int' }
  | { readonly kind: 'float' }
  | { readonly kind: 'bool|str' }
  | { readonly kind: 'bool|int' }
  | {
      readonly kind: 'enum';
      readonly values: readonly string[];
      /** Whether the values may be written in capitals too, as conda calls its constants. */
      readonly hasNames?: boolean;
      /** Which value stands for `true` and which for `false`, where YAML allows both. */
      readonly booleans?: readonly [ifTrue: string, ifFalse: string];
    }
  | {
      readonly kind: 'list';
      readonly of: SettingType;
      /** Between the items in an environment variable; `path` is the system's separator of search paths. */
      readonly separator?: ',' | '&' | 'path';
    }
  | { readonly kind: 'map'; readonly of: SettingType }
  /** A map whose keys are given, each with a type and a default of its own. */
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, ObjectField>> }
  /** Passed on as it stands. */
  | { readonly kind: 'any' };

export interface ObjectField {
  readonly type: SettingType;
  readonly default: unknown;
}

interface ScalarValues {
  readonly bool: boolean;
  readonly 'bool?': boolean | null;
  readonly str: string;
  readonly 'str?': string | null;
  readonly int: number;
  readonly float: number;
  readonly 'bool|str': boolean | string;
  readonly 'bool|int': boolean | number;
}

/** The TypeScript type of the values of a {@link SettingType}; unknown when the type is. */
export type ValueOf<T extends SettingType> = SettingType extends T
  ? unknown
  : T extends { readonly kind: infer K extends keyof ScalarValues }
    ? ScalarValues[K]
    : T extends { readonly kind: 'enum'; readonly values: infer V extends readonly string[] }
      ? V[number]
      : T extends { readonly kind: 'list'; readonly of: infer I extends SettingType }
        ? readonly ValueOf<I>[]
        : T extends { readonly kind: 'map'; readonly of: infer I extends SettingType }
          ? Readonly<Record<string, ValueOf<I>>>
          : unknown;

export const BOOL = { kind: 'bool' } as const;
export const BOOL_OR_NULL = { kind: 'bool?' } as const;
export const STR = { kind: 'str' } as const;
export const STR_OR_NULL = { kind: 'str?' } as const;
export const INT = { kind: 'int' } as const;
export const FLOAT = { kind: 'float' } as const;
export const BOOL_OR_STR = { kind: 'bool|str' } as const;
export const BOOL_OR_INT = { kind: 'bool|int' } as const;
export const ANY = { kind: 'any' } as const;
export const LIST = { kind: 'list', of: STR } as const;
export const MAP = { kind: 'map', of: STR } as const;
