import { channelSettings, channelTexts, type LoadedConfig } from '../config/index.ts';
import { maskUrls } from '../io/url-secrets.ts';
import { parseChannel } from '../model/channel.ts';
import { sortByDependencies } from '../model/dependency-order.ts';
import { formatMatchSpec, parseMatchSpec } from '../model/match-spec-text.ts';
import type { PrefixData } from '../model/prefix-record.ts';
import { findPythonDistributions, readStateVariables } from '../record/index.ts';
import {
  type EnvironmentExport,
  formatBoundedSpec,
  formatRequestedSpec,
  formatRequirement,
} from '../report/environment-export.ts';
import type { Context, OptionValues } from './command.ts';
import { environmentName } from './environments.ts';
import { isOff, isSet } from './option-values.ts';

/** The environment as the same requests would make it with other settings. */
export async function solveAnew(
  installed: PrefixData,
  config: LoadedConfig,
  context: Context,
): Promise<PrefixData> {
  const { solveForPlatform } = await import('./solve-for-platform.ts');
  const records = await solveForPlatform([...installed.history.values()], config, context);
  const nothing = { files: [], paths_data: { paths_version: 1, paths: [] }, requested_specs: [] };
  return { ...installed, records: records.map((record) => ({ ...record, ...nothing })) };
}

/** `name==version` of what pip installed. */
export function pipLines(installed: PrefixData, config: LoadedConfig): readonly string[] {
  return findPythonDistributions(installed, config.get('subdir'))
    .filter(({ isConda }) => !isConda)
    .map(({ name, version }) => `${name}==${version}`);
}

/** What an export says of an environment, with these lines of what pip installed. */
export function describeEnvironment(
  installed: PrefixData,
  pip: readonly string[],
  options: OptionValues,
  config: LoadedConfig,
  context: Context,
): EnvironmentExport {
  const { prefix, records } = installed;
  const isFromHistory = isSet(options, 'fromHistory');
  const configured = channelTexts(config).map(
    (text) => parseChannel(text, channelSettings(config, context.host)).canonicalName,
  );
  const ofPackages =
    isFromHistory || isSet(options, 'ignoreChannels')
      ? []
      : sortByDependencies(records).map(({ schannel }) => schannel);
  const name = environmentName(prefix, config.get('root_prefix'), config.get('envs_dirs'));
  return {
    name: name === '' ? prefix : name,
    channels: [...new Set([...ofPackages, ...configured])].map(maskUrls),
    // Where nothing is known to be asked for, all that is there counts.
    specs:
      isFromHistory && installed.history.size > 0
        ? requestedSpecs(installed, isSet(options, 'bounds'))
        : exactSpecs(installed, options),
    pip: isFromHistory ? [] : pip,
    variables: readStateVariables(prefix),
    prefix,
  };
}

function exactSpecs({ records }: PrefixData, options: OptionValues): readonly string[] {
  const hasBuilds = !isOff(options, 'builds');
  return records
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, version, build }) => (hasBuilds ? `${name}=${version}=${build}` : `${name}=${version}`));
}

function requestedSpecs({ history, records }: PrefixData, hasBounds: boolean): readonly string[] {
  return [...history].map(([name, text]) => {
    const spec = parseMatchSpec(text);
    const installed = records.find((record) => record.name === name);
    if (hasBounds && spec.version === undefined && spec.build === undefined && installed !== undefined) {
      return formatBoundedSpec(name, installed.version);
    }
    return formatRequestedSpec(spec);
  });
}

/** The specs of the format `requirements`. */
export function requirementSpecs({ history, records }: PrefixData, options: OptionValues): readonly string[] {
  if (isSet(options, 'fromHistory')) {
    return [...history.values()].map((text) => formatMatchSpec(parseMatchSpec(text)));
  }
  const parts = { hasBuild: !isOff(options, 'builds'), hasChannel: !isSet(options, 'ignoreChannels') };
  return records
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((record) => formatRequirement(record, parts));
}
