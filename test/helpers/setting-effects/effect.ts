import type { Fault } from '../answer.ts';

/** What one run of the command line left to see. */
export interface Seen {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The paths that the server was asked for. */
  readonly asked: readonly string[];
  readonly milliseconds: number;
  /** What `look` found. */
  readonly disk: string;
}

/** Where the rows find what they name. */
export interface Scene {
  /** URL of the server of the sample channel, which every command searches. */
  readonly url: string;
  /** The next requests for a path of that server meet these faults, one each; with `always`, every request. */
  readonly fail: (path: string | RegExp, ...faults: readonly Fault[]) => void;
  readonly failAlways: (path: string | RegExp, fault: Fault) => void;
  /** URL of a server with a certificate of its own, which wants to see one, and the files of that certificate. */
  readonly secure: { readonly url: string; readonly cert: string; readonly key: string };
  /** URL of a server that takes connections and says nothing. */
  readonly silent: string;
  /** The folder of the sample channel, and its parts. */
  readonly whole: string;
  readonly parent: string;
  readonly base: string;
  /** A folder with old versions alone. */
  readonly old: string;
  /** A channel with `spy`, which has a menu entry, and `longer` and `different`, whose file has another size or digest than they say. */
  readonly menus: string;
  /** A folder on another device than the home directory; undefined where there is none. */
  readonly elsewhere: string | undefined;
  /** A path in the home directory. */
  readonly at: (...parts: readonly string[]) => string;
  /** Prefixes of environments: `env`, `dated` (of old versions), `frozen`, and `made`, which is not there before a run. */
  readonly prefix: (name: string) => string;
}

/** One setting, and how to tell that it was obeyed. */
export interface SettingEffect {
  readonly key: string;
  /** A file of settings with it, and without it; that one is empty unless told. */
  readonly rc: string;
  readonly without?: string;
  readonly args: readonly string[];
  /** Undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** No other file counts. */
  readonly isAlone?: boolean;
  /** Each run has a package cache of its own. */
  readonly isCold?: boolean;
  /** As somebody who may not do everything. */
  readonly isNobody?: boolean;
  readonly before?: () => void;
  /** Done around each run. */
  readonly during?: <T>(run: () => Promise<T>) => Promise<T>;
  /** Whether it shows by how long the program takes, which a busy machine can hide. */
  readonly isTimed?: boolean;
  /** False where this machine has not got what it takes. */
  readonly isPossible?: boolean;
  readonly look?: () => string;
  /** Holds with the setting, and doesn't without. */
  readonly shows: (seen: Seen) => boolean;
}

export const PLAN = ['--dry-run', '--json'] as const;

export function names(text: string): (seen: Seen) => boolean {
  return ({ stdout }) => stdout.includes(text);
}

export function lacks(text: string): (seen: Seen) => boolean {
  return ({ stdout }) => !stdout.includes(text);
}

export function told(text: string): (seen: Seen) => boolean {
  return ({ stderr }) => stderr.includes(text);
}

export const fails = ({ code }: Seen): boolean => code !== 0;
export const succeeds = ({ code }: Seen): boolean => code === 0;
export const isSeen = ({ disk }: Seen): boolean => disk === 'yes';
