import type { Host } from '../host/index.ts';
import type { Report } from '../model/event.ts';
import type { Style } from '../report/style.ts';

/** What stands before or after any command and means the same everywhere. */
export interface GlobalOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  /** How often `-v` was given. */
  readonly verbosity: number;
  /** With `json`: a line of JSON for everything that happens, the result last. */
  readonly events?: boolean;
}

/** What a person is asked, to be answered by yes or no. */
export interface Question {
  readonly message: string;
  /** What an empty line means. */
  readonly otherwise: boolean;
  /**
   * What holds where nobody can be asked. What takes away something that may not come back needs a yes that somebody gave:
   * `act` names it as the error does, `Removing packages of /env`.
   */
  readonly unasked: 'yes' | 'no' | { readonly act: string };
}

/** What a command needs of the outside; made once, in `cli/`. */
export interface Context {
  readonly host: Host;
  /** What the command line says, and once the settings are loaded what they say where it says nothing. */
  readonly global: GlobalOptions;
  readonly style: Style;
  /** How wide the terminal is that shows what is said; absent where that goes to a file or a program. */
  readonly columns?: () => number;
  /** Takes the settings that say how to print; `loadSettings` calls it. */
  readonly adopt: (settings: GlobalOptions) => void;
  /** The arguments after the program's name, as typed; for the history. */
  readonly commandLine: readonly string[];
  readonly signal: AbortSignal;
  readonly report: Report;
  /** Shows lines to a person at once, on stdout; says nothing with `--json`. */
  readonly say: (...lines: readonly string[]) => void;
  /** Shows a line on stderr. */
  readonly warn: (line: string) => void;
  /**
   * Asks a person. Without a terminal nobody is asked, and with `--json`, as in conda, what needs a yes has it.
   * @throws {TcondaError} `CONFIRMATION_NEEDED` where nobody can be asked and somebody must be
   */
  readonly ask: (question: Question) => Promise<boolean>;
}

/** A command's answer: data for `--json`, and the same as lines for a person. */
export interface CommandOutput {
  readonly kind: 'output';
  /** Without it, `--json` prints the lines as JSON. */
  readonly json?: unknown;
  readonly lines: readonly string[];
  /** conda's way to end early, such as `DryRunExit: Dry run. Exiting.`; goes to stderr. */
  readonly notice?: string;
  readonly exitCode?: number;
}

/** The answer is another program: it gets our terminal, our signals and our exit code. */
export interface CommandExec {
  readonly kind: 'exec';
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** What is to be done when it has ended, however it ended. */
  readonly after?: () => Promise<void>;
}

/** What a command gives back. */
export type CommandResult = CommandOutput | CommandExec;

/** One option in commander's notation, and what cli/ must know of it. */
export interface OptionSpec {
  /** `-n, --name <environment>`. `--no-x` without `--x` beside it reads as `x: false`. */
  readonly flags: string;
  readonly description: string;
  /** Other long spellings, such as `--upgrade-all`. */
  readonly aliases?: readonly string[];
  /** May be given again; the value is a list. */
  readonly repeat?: boolean;
  readonly choices?: readonly string[];
  /** The value when it is given without one of its choices: of `--channel-priority [mode]`. */
  readonly preset?: string;
  /** Every word up to the next option is a value of it. With `repeat`. */
  readonly many?: boolean;
  /** conda has none of that name: a beginning that one of conda's options has too is that one's. */
  readonly isOwn?: boolean;
  /** What follows are the operands: `--show=channels` is `--show channels`. */
  readonly namesOperands?: boolean;
  /** Long names, without dashes, that can't stand beside it. */
  readonly conflicts?: readonly string[];
  readonly hidden?: boolean;
  /** Why it changes nothing here: it is taken, and noted with `-v`. */
  readonly noEffect?: string;
  /** Why it can't be had: giving it is an error. */
  readonly refused?: string;
}

/** Options under one heading of `--help`. */
export interface OptionGroup {
  readonly heading: string;
  readonly options: readonly OptionSpec[];
}

/** What one option was given: several texts where it may be repeated, undefined where it was not given. */
export type OptionValue = string | boolean | number | readonly string[] | undefined;
/** What the options were given, by their long names in camel case. */
export type OptionValues = Readonly<Record<string, OptionValue>>;

/** A command, declared: what the parser, the help and the documentation need, and what it does. */
export interface CommandSpec {
  readonly summary: string;
  readonly description?: string;
  /** In commander's notation: `[specs...]`. */
  readonly operands?: readonly string[];
  readonly options: readonly OptionGroup[];
  readonly examples?: readonly string[];
  /** Everything after the first operand is the operand's own: `run`. */
  readonly passThrough?: boolean;
  readonly run: (
    operands: readonly string[],
    options: OptionValues,
    context: Context,
  ) => Promise<CommandResult>;
}
