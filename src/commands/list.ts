import type { LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { sortByDependencies } from '../model/dependency-order.ts';
import { LIST_FIELDS } from '../model/list-fields.ts';
import type { PrefixData, PrefixRecord } from '../model/prefix-record.ts';
import { distToJson, formatCanonicalDist } from '../report/dist-json.ts';
import { historySize, parseRevisions, readHistory } from '../record/index.ts';
import { exportHeader, formatExplicitLine, formatExportLine } from '../report/export-lines.ts';
import { formatPackageTable } from '../report/package-table.ts';
import { formatRevisions, revisionsToJson } from '../report/revisions.ts';
import type { Style } from '../report/style.ts';
import type { CommandResult, CommandSpec, Context, OptionGroup, OptionValues } from './command.ts';
import { environmentSize, packageSize } from './disk-usage.ts';
import { loadEnvironmentOf } from './environment.ts';
import { isOff, isSet, readText } from './option-values.ts';
import { targetOptions } from './options.ts';
import { findPipRecords } from './pip-records.ts';
import { loadSettings } from './settings.ts';

const listOptions: OptionGroup = {
  heading: 'Display',
  options: [
    { flags: '-f, --full-name', description: 'match the whole name, not a part of it' },
    { flags: '-e, --export', description: 'name=version=build lines for create --file' },
    { flags: '--explicit', description: 'URLs for create --file: the same packages, without solving' },
    { flags: '--md5', description: 'with --explicit: add MD5 digests', conflicts: ['sha256'] },
    { flags: '--sha256', description: 'with --explicit: add SHA-256 digests' },
    { flags: '-c, --canonical', description: 'channel/subdir::name-version-build lines' },
    { flags: '-r, --revisions', description: 'the changes of the environment' },
    { flags: '--reverse', description: 'last name first' },
    { flags: '--fields <names>', description: 'columns, separated by commas: name, size, license …' },
    { flags: '--show-channel-urls', description: 'show channels, always' },
    { flags: '--no-show-channel-urls', description: 'show no channels' },
    { flags: '--no-pip', description: 'leave out what pip installed' },
    {
      flags: '--auth',
      description: 'with --explicit: keep credentials in URLs',
      hidden: true,
      noEffect: 'credentials are never stored',
    },
    { flags: '--size', description: 'show how much disk packages take' },
  ],
};

export const list: CommandSpec = {
  summary: 'List the packages of an environment',
  description: 'Lists the packages of an environment. PATTERN is looked for in their names.',
  operands: ['[pattern]'],
  options: [targetOptions, listOptions],
  examples: [
    'tconda list -n myenv',
    'tconda list -n myenv --export > specs.txt',
    'tconda list -n myenv --explicit --sha256 > explicit.txt',
  ],
  async run([pattern], options, context) {
    const config = await loadSettings(options, context);
    const { prefix, records: all } = await loadRecords(config, options, context);
    if (isSet(options, 'revisions')) return listRevisions(prefix);

    const chosen = choose(all, pattern, isSet(options, 'fullName'), prefix);
    const sorted = chosen.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    if (isSet(options, 'explicit')) {
      const digest = isSet(options, 'md5') ? 'md5' : isSet(options, 'sha256') ? 'sha256' : undefined;
      const lines = sortByDependencies(chosen).map((record) => formatExplicitLine(record, digest));
      return {
        kind: 'output',
        json: lines,
        lines: [...exportHeader(config.get('subdir')), '@EXPLICIT', ...lines],
      };
    }
    if (isSet(options, 'reverse')) sorted.reverse();
    const view: View = {
      prefix,
      subdir: config.get('subdir'),
      get style() {
        return context.style;
      },
      showChannelUrls: config.get('show_channel_urls') ?? undefined,
      fields: readFields(options, config),
      sizeOf: (record) => packageSize(prefix, record),
      ...(isSet(options, 'size') ? { totalSize: environmentSize(prefix, all) } : {}),
    };
    return {
      kind: 'output',
      // Only one of both is looked at.
      get json() {
        return sorted.map((record) => ({
          ...distToJson(record),
          ...(isSet(options, 'size') ? { size: view.sizeOf(record) } : {}),
        }));
      },
      get lines() {
        return linesOf(sorted, options, view);
      },
    };
  },
};

/** The packages of conda, and of pip where they are wanted. */
async function loadRecords(
  config: LoadedConfig,
  options: OptionValues,
  context: Context,
): Promise<Pick<PrefixData, 'prefix' | 'records'>> {
  const wantsMore = ['size', 'explicit'].some((key) => isSet(options, key));
  const load = async (isBrief: boolean): Promise<Pick<PrefixData, 'prefix' | 'records'>> => {
    const installed = await loadEnvironmentOf(config, context, isBrief);
    const { prefix, records } = installed;
    if (isOff(options, 'pip') || isSet(options, 'explicit')) return installed;
    const ofPip = findPipRecords(installed, config, context);
    // What a change that was done meanwhile brought is not of pip.
    if (historySize(prefix) !== installed.historySize) return load(isBrief);
    return { prefix, records: [...records, ...ofPip] };
  };
  if (wantsMore || readText(options, 'fields') !== undefined) return load(false);
  try {
    return await load(true);
  } catch (error) {
    // Another process changed a record whose files had to be looked at.
    if (error instanceof TcondaError && error.code === 'PREFIX_CHANGED') return load(false);
    throw error;
  }
}

interface View {
  readonly prefix: string;
  readonly subdir: string;
  readonly showChannelUrls: boolean | undefined;
  readonly fields: readonly string[] | undefined;
  readonly sizeOf: (record: PrefixRecord) => number;
  readonly totalSize?: number;
  readonly style: Style;
}

/** The columns that are wanted; undefined is the default. @throws {TcondaError} `CONFIG_VALUE` for one that is none */
function readFields(options: OptionValues, config: LoadedConfig): readonly string[] | undefined {
  const given = readText(options, 'fields')?.split(',');
  if (given === undefined && config.sources('list_fields')[0]?.kind === 'default') return undefined;
  const fields = (given ?? config.get('list_fields')).map((field) => field.trim());
  const wrong = fields.filter((field) => !LIST_FIELDS.has(field));
  if (wrong.length === 0) return fields;
  throw new TcondaError(
    'CONFIG_VALUE',
    `There is no column ${wrong.map((field) => `'${field}'`).join(', ')}`,
    {
      hint: `There are ${[...LIST_FIELDS.keys()].join(', ')}`,
      data: { parameter_name: 'list_fields', parameter_value: fields },
    },
  );
}

function linesOf(records: readonly PrefixRecord[], options: OptionValues, view: View): readonly string[] {
  if (isSet(options, 'canonical')) return records.map(formatCanonicalDist);
  if (isSet(options, 'export')) {
    const rows = records.map(formatExportLine);
    return [...exportHeader(view.subdir), ...(rows.length > 0 ? rows : [''])];
  }
  return formatPackageTable(records, view);
}

function choose(
  records: readonly PrefixRecord[],
  pattern: string | undefined,
  isFullName: boolean,
  prefix: string,
): readonly PrefixRecord[] {
  if (pattern === undefined) return records;
  const chosen = records.filter(matcher(pattern, isFullName));
  if (chosen.length > 0) return chosen;
  if (!isFullName) throw new TcondaError('INVALID_VALUE', `No packages match '${pattern}'.`);
  throw new TcondaError(
    'PACKAGE_NOT_INSTALLED',
    `Package is not installed in prefix.\n  prefix: ${prefix}\n  package name: ${pattern}\n`,
    { data: { prefix, package_name: pattern, packages_formatted: '' } },
  );
}

function matcher(pattern: string, isFullName: boolean): (record: PrefixRecord) => boolean {
  try {
    const expression = new RegExp(isFullName ? `^(?:${pattern})$` : pattern, 'i');
    return (record) => expression.test(record.name);
  } catch (cause) {
    throw new TcondaError('INVALID_VALUE', `'${pattern}' is not a regular expression`, { cause });
  }
}

function listRevisions(prefix: string): CommandResult {
  const revisions = parseRevisions(readHistory(prefix));
  return { kind: 'output', json: revisionsToJson(revisions), lines: formatRevisions(revisions) };
}
