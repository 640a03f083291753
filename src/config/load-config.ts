import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import type { Host } from '../host/index.ts';
import { maskSettings } from '../io/url-secrets.ts';
import { createConfig, type Config, type ConfigWarning, type SettingFlags } from './config.ts';
import { parseCondarc, type Condarc } from './condarc.ts';
import { expandPath } from './expand.ts';
import { formatLine } from './merge.ts';
import type { ConfigLayer } from './raw-value.ts';
import { findRootPrefix } from './root-prefix.ts';
import { placesOf } from './search-path.ts';
import { parseSimpleCondarc } from './simple-condarc.ts';
import { isSettingName, SETTINGS, TOLERATED_KEYS, type SettingName } from './settings.ts';
import { targetPrefix, type Target } from './target-prefix.ts';

/** What the command line says of the settings. */
export interface ConfigFlags {
  /** Settings by key: `-c` values are `channels`. */
  readonly values?: SettingFlags;
  /** `--override-channels`: none but the channels of the command line. */
  readonly overrideChannels?: boolean;
  /** `-n` or `-p`. */
  readonly target?: Target;
  /** Only these files, or none: `--rc-file`, `--no-rc`. */
  readonly files?: readonly string[];
  /** Nothing that variables say, but for where the root prefix is: `--no-env`. */
  readonly ignoresVariables?: boolean;
}

/** Settings, and the environment that the command is about. */
export interface LoadedConfig extends Config {
  /** Absolute; whether it exists is not known here. */
  readonly targetPrefix: string;
}

/**
 * Reads the `.condarc` files of this machine. A file that is not readable or no YAML is left out with a warning.
 *
 * @throws {TcondaError} `USAGE` when the target's name can't be one; `CONFIG_TYPE`, `CONFIG_VALUE` when a
 *   setting that says where files and environments are is wrong
 */
export async function loadConfig(host: Host, flags: ConfigFlags = {}): Promise<LoadedConfig> {
  const files = new Map<string, FileSettings>();
  const filesAt = createFileFinder();
  let root: string | undefined;
  let last: { readonly found: readonly string[]; readonly config: Config } | undefined;
  const build = async (places: readonly string[], find = filesAt): Promise<Config> => {
    const found = places.flatMap(find);
    if (last !== undefined && isSame(last.found, found)) return last.config;
    for (const file of found) {
      if (!files.has(file)) files.set(file, await readSettings(file));
    }
    const read = found.map((file) => files.get(file)).filter((one) => one !== undefined);
    const config = createConfig({
      host,
      get builtInRoot() {
        return (root ??= findRootPrefix(host));
      },
      layers: read.map(({ layer }) => layer).filter((layer) => layer.values.size > 0),
      warnings: read.flatMap(({ warnings }) => warnings),
      flags: flags.values ?? {},
      overrideChannels: flags.overrideChannels ?? false,
      ignoresVariables: flags.ignoresVariables ?? false,
    });
    last = { found, config };
    return config;
  };

  if (flags.files !== undefined) {
    const config = await build(
      flags.files.map((file) => expandPath(file, host)),
      namedFiles,
    );
    return { ...config, targetPrefix: targetPrefix(host, config, flags.target) };
  }
  // The files of a user say where the base is, those of the base where environments are.
  const ofUser = await build(placesOf(host, {}));
  const rootPrefix = ofUser.get('root_prefix');
  const ofBase = await build(placesOf(host, { rootPrefix }));
  const target = targetPrefix(host, ofBase, flags.target);
  const isNamed = flags.target?.name !== undefined || flags.target?.prefix !== undefined;
  if (!isNamed && host.env['CONDA_PREFIX'] === undefined) return { ...ofBase, targetPrefix: target };
  return { ...(await build(placesOf(host, { rootPrefix, targetPrefix: target }))), targetPrefix: target };
}

/** What is at a place, looked at once. */
function createFileFinder(): (place: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (place) => {
    const found = known.get(place) ?? filesOf(place);
    known.set(place, found);
    return found;
  };
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((file, index) => file === others[index]);
}

/** What holds on this machine when no file, no variable and no option says anything. */
export async function loadDefaults(host: Host): Promise<LoadedConfig> {
  return await loadConfig({ ...host, env: {} }, { files: [] });
}

interface FileSettings {
  readonly layer: ConfigLayer;
  readonly warnings: readonly ConfigWarning[];
}

/** A file that is called as such files are; of a directory its YAML files by name. What can't be looked at is not there. */
export function filesOf(place: string): readonly string[] {
  const kind = kindOf(place);
  if (kind === 'directory') return filesIn(place);
  return kind === 'file' && /^\.?condarc$|\.ya?ml$/.test(path.basename(place)) ? [place] : [];
}

/** A file that a person names may be called anything. */
function namedFiles(place: string): readonly string[] {
  const kind = kindOf(place);
  return kind === 'directory' ? filesIn(place) : kind === 'file' ? [place] : [];
}

function kindOf(place: string): 'file' | 'directory' | undefined {
  try {
    const stat = statSync(place, { throwIfNoEntry: false });
    return stat === undefined ? undefined : stat.isDirectory() ? 'directory' : 'file';
  } catch {
    return undefined;
  }
}

/** The directory itself when it can't be listed, so that whoever reads it is told. */
function filesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => /\.ya?ml$/.test(name))
      .toSorted()
      .map((name) => path.join(directory, name));
  } catch {
    return [directory];
  }
}

async function readSettings(file: string): Promise<FileSettings> {
  const parsed = await parseFile(file);
  if (parsed.kind === 'invalid') {
    const { problem } = parsed;
    const message = `Ignoring configuration file (${file}) due to error: ${parsed.message}`;
    return {
      layer: { source: { kind: 'file', path: file }, values: new Map() },
      warnings: [{ kind: 'invalid-file', path: file, message, problem }],
    };
  }
  const unknown = [...parsed.values].filter(([key]) => !isKnownKey(key));
  return {
    layer: { source: { kind: 'file', path: file }, values: parsed.values },
    warnings: unknown.map(([key, raw]) => ({
      kind: 'unknown-key',
      path: file,
      key,
      message: `Unknown key '${maskSettings(key)}' in ${file}${formatLine(raw)} is ignored`,
    })),
  };
}

async function parseFile(
  file: string,
): Promise<Condarc | { readonly kind: 'invalid'; readonly problem: 'unreadable'; readonly message: string }> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return {
      kind: 'invalid',
      problem: 'unreadable',
      message: error instanceof Error ? error.message : String(error),
    };
  }
  const values = parseSimpleCondarc(text);
  // Loading the parser takes longer than all else that happens before a small command answers.
  return values === undefined
    ? parseCondarc(text, (await import('./yaml.ts')).yaml)
    : { kind: 'read', values };
}

let aliases: ReadonlySet<string> | undefined;

function isKnownKey(key: string): boolean {
  if (isSettingName(key) || TOLERATED_KEYS.has(key)) return true;
  aliases ??= new Set(Object.keys(SETTINGS).flatMap((name) => SETTINGS[name as SettingName].aliases));
  return aliases.has(key);
}
