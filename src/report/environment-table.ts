import { formatSize } from './size.ts';
import { makeStyle, type Style } from './style.ts';

/** One environment, as `env list` shows it. */
export interface EnvironmentEntry {
  readonly prefix: string;
  /** Empty for one that lies outside the folders of named environments. */
  readonly name: string;
  readonly isActive: boolean;
  readonly isBase: boolean;
  readonly isFrozen: boolean;
  readonly isWritable: boolean;
  /** ISO texts. */
  readonly created: string | undefined;
  readonly lastModified: string | undefined;
  /** Bytes of its packages, when they were counted. */
  readonly size?: number;
}

/** What `env list` prints, one line an environment. */
export function formatEnvironmentTable(
  entries: readonly EnvironmentEntry[],
  style: Style = makeStyle(false),
): readonly string[] {
  const rows = entries.map(({ name, isActive, isFrozen, prefix, size }) => {
    const shownSize = size === undefined ? '' : `${formatSize(size).padStart(10)} `;
    const shownName = style.bold(name) + ' '.repeat(Math.max(0, 20 - name.length));
    return `${shownName} ${isActive ? style.good('*') : ' '} ${isFrozen ? '+' : ' '} ${shownSize}${prefix}`;
  });
  return [
    '',
    ...['# conda environments:', '#', '# * -> active', '# + -> frozen'].map(style.dim),
    ...rows,
    '',
  ];
}

/** The keys `envs` and `envs_details` of `env list --json` and `info --json`. */
export function environmentsToJson(entries: readonly EnvironmentEntry[]): {
  readonly envs: readonly string[];
  readonly envs_details: Readonly<Record<string, unknown>>;
} {
  const details = entries.map((entry) => [
    entry.prefix,
    {
      name: entry.name,
      created: entry.created ?? null,
      last_modified: entry.lastModified ?? null,
      active: entry.isActive,
      base: entry.isBase,
      frozen: entry.isFrozen,
      writable: entry.isWritable,
      ...(entry.size === undefined ? {} : { size: entry.size }),
    },
  ]);
  return {
    envs: entries.map((entry) => entry.prefix),
    envs_details: Object.fromEntries(details) as Record<string, unknown>,
  };
}
