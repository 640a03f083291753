import path from 'node:path';

import type { LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { nativeSubdir } from '../host/index.ts';
import { sortByDependencies } from '../model/dependency-order.ts';
import type { PrefixData } from '../model/prefix-record.ts';
import {
  type EnvironmentExport,
  environmentToJson,
  formatEnvironmentYaml,
  formatPipWarning,
  formatRequirementLines,
} from '../report/environment-export.ts';
import { exportHeader, formatExplicitLine } from '../report/export-lines.ts';
import type { CommandOutput, CommandSpec, Context, OptionGroup, OptionValues } from './command.ts';
import { describeEnvironment, pipLines, requirementSpecs, solveAnew } from './describe-environment.ts';
import { loadEnvironmentOf } from './environment.ts';
import { expandHome } from './expand-home.ts';
import { isSet, readText, readTexts } from './option-values.ts';
import { channelOptions, targetOptions } from './options.ts';
import { loadSettings } from './settings.ts';

type Format = 'environment-yaml' | 'environment-json' | 'explicit' | 'requirements';

const FORMATS: Readonly<Record<string, Format>> = {
  'environment-yaml': 'environment-yaml',
  yaml: 'environment-yaml',
  yml: 'environment-yaml',
  'env.yml': 'environment-yaml',
  'environment-json': 'environment-json',
  json: 'environment-json',
  explicit: 'explicit',
  requirements: 'requirements',
  reqs: 'requirements',
  txt: 'requirements',
};

const FILE_NAMES: readonly (readonly [RegExp, Format])[] = [
  [/\.ya?ml$/, 'environment-yaml'],
  [/\.json$/, 'environment-json'],
  [/^explicit\.txt$/, 'explicit'],
  [/^(?:requirements|spec)\.txt$/, 'requirements'],
];

const exportOptions: OptionGroup = {
  heading: 'Export',
  options: [
    { flags: '-f, --file <file>', description: 'write this file; its name tells the format' },
    { flags: '--format <format>', description: 'of what is written', choices: Object.keys(FORMATS) },
    { flags: '--from-history', description: 'only what was asked for, not what that needs' },
    { flags: '--bounds', description: 'with --from-history: names get bounds around the installed versions' },
    { flags: '--no-builds', description: 'leave out the builds' },
    { flags: '--ignore-channels', description: 'only configured channels, not those of the packages' },
    {
      flags: '--platform <platform>',
      description: 'for another platform: what was asked for, solved anew',
      repeat: true,
      aliases: ['--subdir'],
    },
    {
      flags: '--override-platforms',
      description: 'none of the configured platforms, but those of --platform',
      hidden: true,
    },
  ],
};

export const environmentExport: CommandSpec = {
  summary: 'Write down what an environment holds',
  description: 'Writes an environment down as a file that makes the same one again, here or elsewhere.',
  options: [targetOptions, exportOptions, channelOptions],
  examples: [
    'tconda export -n myenv > environment.yml',
    'tconda export -n myenv --from-history --bounds --file environment.yml',
    'tconda export -n myenv --format explicit > explicit.txt',
  ],
  async run(_, options, context) {
    const file = readText(options, 'file');
    const format = formatOf(options, file, context);
    const here = await loadSettings(options, context);
    const subdir = platformOf(options, here, format);
    const config = subdir === undefined ? here : await loadSettings({ ...options, subdir }, context);
    const found = await loadEnvironmentOf(config, context);
    const installed =
      subdir === undefined || subdir === nativeSubdir(context.host) || isSet(options, 'fromHistory')
        ? found
        : await solveAnew(found, config, context);
    const pip = pipLines(found, config);
    const environment = describeEnvironment(installed, pip, options, config, context);
    const warnings = pip.length === 0 ? [] : formatPipWarning(pip);
    const lines = linesOf(format, environment, installed, options, config);
    if (!context.global.quiet) for (const line of warnings) context.warn(line);
    if (file !== undefined) return writeExport(file, format, lines, warnings, context);
    return {
      kind: 'output',
      json:
        format === 'environment-json' || format === 'environment-yaml'
          ? environmentToJson(environment)
          : { success: true, format, text: `${lines.join('\n')}\n` },
      lines,
    };
  },
};

/**
 * The platform of `--platform`, or of the setting `export_platforms`; undefined for that of the environment.
 * @throws {TcondaError} `INVALID_VALUE` for several: no format has room for them
 */
function platformOf(options: OptionValues, config: LoadedConfig, format: Format): string | undefined {
  const configured = isSet(options, 'overridePlatforms') ? [] : config.get('export_platforms');
  const platforms = new Set([...readTexts(options, 'platform'), ...configured]);
  if (platforms.size <= 1) return [...platforms][0];
  throw new TcondaError(
    'INVALID_VALUE',
    `Multiple platforms are not supported for the '${format}' exporter`,
    {
      hint: 'Export them one by one: with --override-platforms, the configured export_platforms do not count',
    },
  );
}

/** @throws {TcondaError} `EXPORT_FORMAT_UNKNOWN` for a file whose name tells none */
function formatOf(options: OptionValues, file: string | undefined, { global }: Context): Format {
  const named = FORMATS[readText(options, 'format') ?? ''];
  if (named !== undefined) return named;
  if (file === undefined) return global.json ? 'environment-json' : 'environment-yaml';
  const found = FILE_NAMES.find(([pattern]) => pattern.test(path.basename(file)))?.[1];
  if (found !== undefined) return found;
  throw new TcondaError('EXPORT_FORMAT_UNKNOWN', `The name of '${file}' tells no format of an environment`, {
    hint: `Name it environment.yml, environment.json, explicit.txt or requirements.txt, or give --format: ${Object.keys(FORMATS).join(', ')}`,
  });
}

function linesOf(
  format: Format,
  environment: EnvironmentExport,
  installed: PrefixData,
  options: OptionValues,
  config: LoadedConfig,
): readonly string[] {
  const header = exportHeader(config.get('subdir'));
  switch (format) {
    case 'environment-yaml':
      return formatEnvironmentYaml(environment);
    case 'environment-json':
      return [JSON.stringify(environmentToJson(environment), undefined, 2)];
    case 'requirements':
      return formatRequirementLines(requirementSpecs(installed, options), header);
    case 'explicit':
      if (environment.pip.length > 0) {
        throw new TcondaError(
          'INVALID_VALUE',
          'Cannot export explicit format: environment contains external packages that cannot be represented in explicit format',
          { hint: 'Choose another format to include what pip installed' },
        );
      }
      return [
        ...header,
        '@EXPLICIT',
        ...sortByDependencies(installed.records).map((record) => formatExplicitLine(record, undefined)),
      ];
  }
}

async function writeExport(
  file: string,
  format: Format,
  lines: readonly string[],
  warnings: readonly string[],
  { host }: Context,
): Promise<CommandOutput> {
  const { writeFileAtomic } = await import('../io/atomic-file.ts');
  const full = path.resolve(host.cwd, expandHome(file, host.home));
  try {
    await writeFileAtomic(full, `${lines.join('\n')}\n`);
  } catch (cause) {
    throw new TcondaError('INVALID_VALUE', `'${full}' can't be written`, { cause });
  }
  return { kind: 'output', json: { success: true, file, format, warnings }, lines: [] };
}
