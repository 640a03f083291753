import { channelSettings, type LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { maskUrls } from '../io/url-secrets.ts';
import { isLockFile, lockedArchives, parseLockFile } from '../lock/index.ts';
import type { Channel } from '../model/channel.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import {
  type EnvironmentFile,
  type ExplicitFile,
  isExplicitFile,
  parseEnvironmentYml,
  parseExplicitFile,
  parseRequirementsFile,
} from '../specs/index.ts';
import type { Context } from './command.ts';
import { loadFileText } from './file-text.ts';

/** What the operands and `--file` ask for: specs for the solver, or archives as they are. */
export type Wanted =
  | {
      readonly kind: 'specs';
      readonly specs: readonly string[];
      /** Set when one of the files is an environment file. */
      readonly environment?: WantedEnvironment;
    }
  | {
      readonly kind: 'explicit';
      readonly records: readonly RepoDataRecord[];
      /** Of records whose URLs had credentials, with these. */
      readonly channels: readonly Channel[];
    };

/** What environment files say besides specs, all of them together. */
export interface WantedEnvironment {
  readonly name: string | undefined;
  readonly prefix: string | undefined;
  /** Highest priority first. */
  readonly channels: readonly string[];
  /** Whether the configured channels are left out. */
  readonly noDefaults: boolean;
  readonly pip: readonly PipSection[];
  readonly variables: ReadonlyMap<string, string>;
}

/** The `pip:` lines of one file. */
export interface PipSection {
  /** Absolute; paths in the lines are relative to it. */
  readonly directory: string;
  readonly lines: readonly string[];
}

const ARCHIVE = /\.(?:conda|tar\.bz2)(?:#\w+)?$/;
const YAML_NAME = /\.(?:ya?ml|json)$/;
const YAML_TEXT = /^["']?dependencies["']?\s*:/m;

/**
 * Reads the files and puts what they say behind the operands.
 * @throws {TcondaError} `FILE_NOT_FOUND`, `INVALID_SPEC_FILE`, `ENVIRONMENT_FILE_INVALID`, `INVALID_VALUE` when specs and
 *   archives are mixed
 */
export async function readWanted(
  operands: readonly string[],
  files: readonly string[],
  config: LoadedConfig,
  context: Context,
): Promise<Wanted> {
  const { host } = context;
  const paths = { channels: channelSettings(config, host), env: host.env };
  const archives = operands.filter((operand) => ARCHIVE.test(operand));
  const specs = operands.filter((operand) => !ARCHIVE.test(operand));
  const lists: ExplicitFile[] = [];
  if (archives.length > 0) lists.push(parseExplicitFile(archives.join('\n'), paths, 'the command line'));
  const environments: (readonly [EnvironmentFile, string])[] = [];
  for (const file of files) {
    // oxlint-disable-next-line no-await-in-loop -- one file after the other: the later ones come on top
    const { text, directory } = await loadFileText(file, config, context);
    if (isExplicitFile(text)) {
      const list = parseExplicitFile(text, paths, file);
      warnOfPlatform(list.platform, file, config, context);
      lists.push(list);
    } else if (isLockFile(text)) {
      // oxlint-disable-next-line no-await-in-loop -- the same
      const lines = await readLockFile(text, file, config);
      const channels = { ...paths.channels, cwd: directory };
      lists.push(parseExplicitFile(lines.join('\n'), { ...paths, channels }, file));
    } else if (YAML_NAME.test(file) || YAML_TEXT.test(text)) {
      // oxlint-disable-next-line no-await-in-loop -- the same
      const environment = await readEnvironmentFile(text, file, config, context);
      environments.push([environment, directory]);
      specs.push(...environment.specs);
    } else {
      const list = parseRequirementsFile(text, file);
      warnOfPlatform(list.platform, file, config, context);
      specs.push(...list.specs);
    }
  }
  if (lists.length > 0 && (specs.length > 0 || environments.length > 0)) {
    throw new TcondaError(
      'INVALID_VALUE',
      'Cannot combine package names with explicit package lists or archives',
    );
  }
  if (lists.length > 0) {
    return {
      kind: 'explicit',
      records: lists.flatMap(({ records }) => records),
      channels: lists.flatMap(({ channels }) => channels),
    };
  }
  return {
    kind: 'specs',
    specs,
    ...(environments.length === 0 ? {} : { environment: mergeEnvironments(environments) }),
  };
}

function warnOfPlatform(
  platform: string | undefined,
  file: string,
  config: LoadedConfig,
  { warn }: Context,
): void {
  const subdir = config.get('subdir');
  if (platform === undefined || platform === subdir) return;
  warn(`warning: '${file}' was written for ${platform}, and this environment is for ${subdir}`);
}

async function readLockFile(text: string, file: string, config: LoadedConfig): Promise<readonly string[]> {
  return lockedArchives(await parseLockFile(text, file), { subdir: config.get('subdir') });
}

/**
 * An environment file of which nothing is lost silently.
 * @throws {TcondaError} `ENVIRONMENT_FILE_EMPTY`, `ENVIRONMENT_FILE_INVALID` for all that CEP 24 forbids
 */
export async function readEnvironmentFile(
  text: string,
  file: string,
  config: LoadedConfig,
  { host, warn }: Context,
): Promise<EnvironmentFile> {
  const environment = await parseEnvironmentYml(text, {
    name: file,
    subdir: config.get('subdir'),
    env: host.env,
  });
  const [problem] = environment.problems;
  if (problem !== undefined) {
    throw new TcondaError('ENVIRONMENT_FILE_INVALID', `'${file}' is no environment file: ${problem}`, {
      data: { filename: file, problems: environment.problems },
    });
  }
  for (const warning of environment.warnings) warn(`warning: ${warning}`);
  const own = text.replaceAll(/\/t\/\$[^/\s]*/g, '');
  if (maskUrls(own) !== own) {
    warn(
      `warning: '${file}' has credentials in a URL; keep them in a variable of the environment, as $TOKEN`,
    );
  }
  const { unknownKeys } = environment;
  if (unknownKeys.length > 0) {
    const [are, s] = unknownKeys.length > 1 ? ['are', 's'] : ['is', ''];
    warn(
      `EnvironmentSectionNotValid: The following section${s} on '${file}' ${are} invalid and will be ignored:`,
    );
    for (const key of unknownKeys) warn(` - ${key}`);
  }
  if (environment.addedPip) {
    warn(
      `warning: '${file}' has packages for pip and does not list pip under its dependencies; it is added to them`,
    );
  }
  return environment;
}

/** The name and the prefix of the last that has them; the channels of later files come first. */
function mergeEnvironments(
  environments: readonly (readonly [environment: EnvironmentFile, directory: string])[],
): WantedEnvironment {
  const files = environments.map(([environment]) => environment);
  return {
    name: files.findLast(({ name }) => name !== undefined)?.name,
    prefix: files.findLast(({ prefix }) => prefix !== undefined)?.prefix,
    channels: [...new Set(files.toReversed().flatMap(({ channels }) => channels))],
    noDefaults: files.some(({ noDefaults }) => noDefaults),
    pip: environments
      .filter(([{ pip }]) => pip.length > 0)
      .map(([{ pip }, directory]) => ({ directory, lines: pip })),
    variables: new Map(files.flatMap(({ variables }) => [...variables])),
  };
}
