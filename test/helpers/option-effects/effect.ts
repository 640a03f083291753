import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What one run of the command line left to see. */
export interface Seen {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The paths that the server was asked for. */
  readonly asked: readonly string[];
  /** Of the environment `$NEW`. */
  readonly prefix: string;
  /** `$DIR`. */
  readonly directory: string;
  /** The package cache, where it is one of its own. */
  readonly pkgs: string;
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

/**
 * One option, and how to tell that it was obeyed. In arguments and values of variables `$NEW` is the name of an
 * environment that no other run has, `$PREFIX` its prefix and `$DIR` a folder of this run.
 */
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
  /** Command lines that come first. */
  readonly before?: readonly (readonly string[])[];
  /** What else comes first, after them. */
  readonly prepare?: (place: Pick<Seen, 'prefix' | 'directory'>) => void;
  /** It runs in a terminal, at which somebody answers every question with no. */
  readonly isTerminal?: boolean;
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

/** Whether stdout is one JSON value. */
export function isJson({ stdout }: Pick<Seen, 'stdout'>): boolean {
  try {
    JSON.parse(stdout);
    return true;
  } catch {
    return false;
  }
}

/** Whether `$NEW` is there, or is not. */
export const stands = ({ prefix }: Seen): boolean => existsSync(path.join(prefix, 'conda-meta'));
export const isGone = (seen: Seen): boolean => !stands(seen);

/** Whether a package is installed in `$NEW`. */
export function has(name: string): (seen: Seen) => boolean {
  return ({ prefix }) => recordsOf(prefix).some((file) => file.startsWith(`${name}-`));
}

/** A file below `$DIR`; empty when there is none. */
export function textOf(file: string): (seen: Pick<Seen, 'directory'>) => string {
  return ({ directory }) => {
    const found = path.join(directory, file);
    return existsSync(found) ? readFileSync(found, 'utf8') : '';
  };
}

/** The regular files of the packages in a prefix, absolute. */
export function filesOf(prefix: string): readonly string[] {
  return recordsOf(prefix).flatMap((name) => {
    const text = readFileSync(path.join(prefix, 'conda-meta', name), 'utf8');
    const { files } = JSON.parse(text) as { readonly files: readonly string[] };
    return files
      .map((file) => path.join(prefix, file))
      .filter((file) => lstatSync(file, { throwIfNoEntry: false })?.isFile() === true);
  });
}

function recordsOf(prefix: string): readonly string[] {
  const folder = path.join(prefix, 'conda-meta');
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
}

/** Command lines that make `$NEW`, with one package; and that freeze it. */
export const CREATED = [['create', '-q', '-y', '-n', '$NEW', 'links']] as const;
export const FROZEN = [...CREATED, ['freeze', '-n', '$NEW']] as const;

/** Commands that are about an environment, each with what it needs to say something of it. */
export function ofEnvironment(): Effect['commands'] {
  return {
    compare: ['links.yml'],
    ...each(['doctor', 'env config vars list', 'env export', 'export', 'list']),
    'env config vars set': ['COLOUR=red'],
    'env config vars unset': ['COLOUR'],
    'env remove': ['--dry-run'],
    install: ['deep', '--dry-run'],
    update: ['ladder', '--dry-run'],
    remove: ['ladder', '--dry-run'],
    rename: ['other', '--dry-run'],
  };
}
