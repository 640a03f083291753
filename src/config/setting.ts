import type { Host } from '../host/index.ts';
import type { SettingType, ValueOf } from './setting-type.ts';

/** What a default may depend on. The settings among it are read when asked for. */
export interface DefaultContext {
  readonly host: Host;
  /** The base environment when no setting names one. */
  readonly builtInRoot: string;
  /** The setting `root_prefix`. */
  readonly rootPrefix: string;
  /** The setting `subdir`. */
  readonly subdir: string;
  /** The setting `default_threads`. */
  readonly defaultThreads: number;
}

/** Under which heading settings are described. */
export type SettingGroup =
  'channels' | 'solver' | 'directories' | 'linking' | 'network' | 'output' | 'threads' | 'others';

/** One row of the table: all there is to know of a key of `.condarc`. */
export interface Setting<T extends SettingType = SettingType, V = unknown> {
  readonly type: T;
  readonly group: SettingGroup;
  /** One sentence for people. */
  readonly summary: string;
  readonly fallback: { readonly value: V } | { of(context: DefaultContext): V };
  readonly aliases: readonly string[];
  /** Variables of the environment that say the same, besides those of its names; lowest precedence first. */
  readonly variables: readonly string[];
  /** Why nothing here depends on it; it is taken without complaint, since conda's files hold it. */
  readonly noEffect?: string;
  /** Variables of the environment are replaced in its texts. */
  readonly expands: boolean;
  /** Its texts are paths: a leading `~` is the home directory, relative ones start at the current directory. */
  readonly isPath: boolean;
  /** Completes what was configured; not asked for the default. */
  complete?(value: V, context: DefaultContext): V;
  /**
   * What is wrong with a value of the right type; undefined when nothing is.
   * @param context of this machine, when the value is about to be used here
   */
  check?(value: V, context?: DefaultContext): string | undefined;
}

type More<T extends SettingType> = Partial<
  Pick<
    Setting<T, ValueOf<T>>,
    'aliases' | 'variables' | 'noEffect' | 'expands' | 'isPath' | 'complete' | 'check'
  >
>;

/** A row, checked: the default has the type of the setting. */
export function define<const T extends SettingType>(
  group: SettingGroup,
  type: T,
  fallback: ValueOf<T> | ((context: DefaultContext) => ValueOf<T>),
  summary: string,
  more: More<T> = {},
): Setting<T, ValueOf<T>> {
  return {
    type,
    group,
    summary,
    fallback: isComputed<T>(fallback) ? { of: fallback } : { value: fallback },
    aliases: [],
    variables: [],
    expands: false,
    isPath: false,
    ...more,
  };
}

/** A check of numbers that count something, or measure time. */
export function notNegative(value: number): string | undefined {
  return value < 0 ? 'it must be 0 or more' : undefined;
}

function isComputed<T extends SettingType>(
  fallback: unknown,
): fallback is (context: DefaultContext) => ValueOf<T> {
  return typeof fallback === 'function';
}
