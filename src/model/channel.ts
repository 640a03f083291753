import type { Secret } from './secret.ts';

export interface ChannelCredentials {
  readonly basic?: { readonly user: string; readonly password: Secret };
  readonly token?: Secret;
}

/** One channel. Identity is (location, name); credentials never take part in it. */
export interface Channel {
  readonly scheme: string;
  /** Host, port and leading path; for `file` the parent directory. */
  readonly location: string;
  readonly name: string;
  /** What people see: `conda-forge`, or the base URL. */
  readonly canonicalName: string;
  /** Without subdir, final slash and credentials. */
  readonly baseUrl: string;
  /** The one subdir that was named with it (`conda-forge/linux-64`). */
  readonly subdir?: string;
  readonly credentials?: ChannelCredentials;
}

/** The settings of `.condarc` that say what a channel name means. */
export interface ChannelSettings {
  readonly channelAlias: string;
  readonly customChannels: ReadonlyMap<string, string>;
  /** Includes `defaults`. */
  readonly customMultichannels: ReadonlyMap<string, readonly string[]>;
  readonly migratedChannelAliases: readonly string[];
  readonly migratedCustomChannels: ReadonlyMap<string, string>;
}
