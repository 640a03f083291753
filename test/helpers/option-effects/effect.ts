/** What one run of the command line left to see. */
export interface Seen {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The paths that the server was asked for. */
  readonly asked: readonly string[];
}

/** Where the rows find what they name: channels and environments made for all of them. */
export interface Scene {
  /** URL of the server of the sample channel, which every command searches. */
  readonly url: string;
  /** Folders: the whole sample channel, one with old versions alone, one without packages. */
  readonly whole: string;
  readonly old: string;
  readonly empty: string;
  /** Prefixes of environments: `env`, `dated` (of old versions), `featured`. */
  readonly prefix: (name: string) => string;
}

/** One option, and how to tell that it was obeyed. */
export interface Effect {
  /** The long name in the table of the command. */
  readonly option: string;
  /** Each with the arguments that are the same with the option and without. */
  readonly commands: Readonly<Record<string, readonly string[]>>;
  /** How it is given; the option alone unless told. */
  readonly given?: readonly string[];
  /** What stands there in its place otherwise; nothing unless told. */
  readonly without?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Each run has a package cache of its own. */
  readonly isCold?: boolean;
  /** Holds with the option, and doesn't without. */
  readonly shows: (seen: Seen) => boolean;
}

/** The same arguments for several commands. */
export function each(
  commands: readonly string[],
  ...args: readonly string[]
): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(commands.map((command) => [command, args]));
}

/** Whether the output names a package by `name-version-build` or `name`. */
export function names(text: string): (seen: Seen) => boolean {
  return ({ stdout }) => stdout.includes(text);
}

/** Whether the text does not stand in the output. */
export function lacks(text: string): (seen: Seen) => boolean {
  return ({ stdout }) => !stdout.includes(text);
}

export const fails = ({ code }: Seen): boolean => code !== 0;
export const succeeds = ({ code }: Seen): boolean => code === 0;
