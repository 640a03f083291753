/** What the shell that asks is like before the change. */
export interface ShellState {
  readonly platform: 'unix' | 'windows';
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The variable that holds the prompt; undefined where the hook draws it. */
  readonly promptVariable: string | undefined;
}

/** What configuration says of activation. */
export interface ActivationSettings {
  readonly rootPrefix: string;
  readonly changePs1: boolean;
  /** With `{default_env}`, `{stacked_env}`, `{prefix}`, `{name}`. */
  readonly envPrompt: string;
  /** Variables about the client itself, exported every time. */
  readonly clientVariables: ReadonlyMap<string, string>;
}

/** What lies in an environment that activation heeds. */
export interface EnvironmentState {
  readonly prefix: string;
  /** Of the environment's own; the value `***unset***` takes one away. */
  readonly variables: ReadonlyMap<string, string>;
  /** Absolute paths, in the order they run, of every shell's scripts. */
  readonly activateScripts: readonly string[];
  readonly deactivateScripts: readonly string[];
  /** Windows only: the existing one of `Library/{ucrt64,clang64,mingw64,clangarm64}`. */
  readonly libraryVariant: string | undefined;
  readonly warnings: readonly string[];
}

/** A change of a shell, as data. In this order: PATH of a deactivation, deactivate scripts, unset, set, exports, activate scripts. */
export interface Activation {
  /** The new entries of PATH; undefined when it stays. */
  readonly path: readonly string[] | undefined;
  /** Whether PATH changes before the deactivate scripts run. */
  readonly isPathFirst: boolean;
  readonly unset: readonly string[];
  /** Not exported. */
  readonly set: ReadonlyMap<string, string>;
  readonly exports: ReadonlyMap<string, string>;
  /** Scripts of every shell; a renderer takes those of its own. */
  readonly deactivateScripts: readonly string[];
  readonly activateScripts: readonly string[];
  readonly warnings: readonly string[];
}

export const NO_CHANGE: Activation = {
  path: undefined,
  isPathFirst: false,
  unset: [],
  set: new Map(),
  exports: new Map(),
  deactivateScripts: [],
  activateScripts: [],
  warnings: [],
};

/** How deep the shell is in environments; empty and broken texts are 0. */
export function shellLevel(env: ShellState['env']): number {
  const level = Number.parseInt(env['CONDA_SHLVL'] ?? '', 10);
  return Number.isNaN(level) ? 0 : level;
}

/** The variable's text; empty means not set. */
export function variable(env: ShellState['env'], name: string): string | undefined {
  const text = env[name];
  return text === undefined || text === '' ? undefined : text;
}
