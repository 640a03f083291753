import type { Context } from '../commands/command.ts';
import { type LoadedConfig, loadConfig, type SettingFlags, type Target } from '../config/index.ts';
import { currentHost, type Host } from '../host/index.ts';
import type { Report } from '../model/event.ts';
import { makeStyle } from '../report/style.ts';
import { checkOptions } from './check-options.ts';

/** What every call of the library can be told. Whatever is left out is as `.condarc` files and `CONDA_*` variables have it. */
export interface LibraryOptions {
  /** Names, URLs or paths, highest priority first; in place of those of the settings. */
  readonly channels?: readonly string[];
  /** Of the packages: `linux-64`; this machine's if left out. */
  readonly platform?: string;
  /** Other settings, by their names in `.condarc`: `{ offline: true, pkgs_dirs: ['/cache'] }`. */
  readonly settings?: SettingFlags;
  /** The `.condarc` files to read in place of those that are found; `[]` for none. */
  readonly configFiles?: readonly string[];
  /** Ends the work: the call is rejected with the signal's reason, and an environment is what it was. */
  readonly signal?: AbortSignal;
  /** Told of everything that happens, at once. */
  readonly onEvent?: Report;
  /** The machine, the environment variables and the clock; those of this process if left out. */
  readonly host?: Host;
}

/** An environment by its path, or by its name as `tconda -n` takes it. */
export type EnvironmentTarget =
  | { readonly prefix: string; readonly name?: undefined }
  | { readonly name: string; readonly prefix?: undefined };

/** What a call works with. */
export interface OpenedLibrary {
  readonly config: LoadedConfig;
  readonly context: Context;
}

/**
 * The settings for one call, and the ways out that the commands of the command line have, too. Nothing is kept between calls.
 * @throws {TcondaError} `USAGE`, `CONFIG_TYPE`, `CONFIG_VALUE`; the signal's reason
 */
export async function openLibrary(options: LibraryOptions, target?: Target): Promise<OpenedLibrary> {
  checkOptions(options, target !== undefined);
  options.signal?.throwIfAborted();
  const { channels, platform } = options;
  const report = options.onEvent ?? (() => undefined);
  const host = options.host ?? currentHost();
  const config = await loadConfig(host, {
    values: {
      ...options.settings,
      // None given are none: not those that are for who says nothing.
      ...(channels === undefined ? {} : { channels, fallback_channels: [] }),
      ...(platform === undefined ? {} : { subdir: platform }),
    },
    overrideChannels: channels !== undefined,
    ...(target && { target }),
    ...(options.configFiles === undefined ? {} : { files: options.configFiles }),
  });
  for (const { message } of config.warnings) report({ kind: 'warning', code: 'CONFIG', text: message });
  const context: Context = {
    host,
    global: { json: true, quiet: false, verbosity: 0 },
    style: makeStyle(false),
    adopt: () => undefined,
    commandLine: ['(library)'],
    signal: options.signal ?? new AbortController().signal,
    report,
    say: () => undefined,
    warn: (text) => report({ kind: 'message', text }),
    ask: () => Promise.resolve(true),
  };
  return { config, context };
}
