import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { channelSettings, type LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import type { Host } from '../host/index.ts';
import { type ChannelSettings, parseChannel } from '../model/channel.ts';
import type { PrefixData } from '../model/prefix-record.ts';
import { loadPrefix } from '../record/index.ts';
import type { Context } from './command.ts';
import { notAnEnvironment } from './environment-place.ts';

export { isEnvironment, notAnEnvironment } from './environment-place.ts';

/**
 * Reads the environment that a command is about.
 * @param isBrief see `LoadPrefixOptions`
 * @throws {TcondaError} `PREFIX_NOT_FOUND` when there is none; the base environment is always there, if empty
 */
export async function loadEnvironmentOf(
  config: LoadedConfig,
  context: Context,
  isBrief = false,
): Promise<PrefixData> {
  const installed = await loadPrefixAt(config.targetPrefix, config, context, isBrief);
  if (!installed.exists && installed.prefix !== config.get('root_prefix'))
    throw notAnEnvironment(installed.prefix);
  return installed;
}

/** The same without the demand that it exists. */
export function loadPrefixOf(config: LoadedConfig, context: Context): Promise<PrefixData> {
  return loadPrefixAt(config.targetPrefix, config, context);
}

/** The same of any environment. */
export function loadPrefixAt(
  prefix: string,
  config: LoadedConfig,
  context: Context,
  isBrief = false,
): Promise<PrefixData> {
  return loadPrefix(prefix, {
    isBrief,
    channelName: channelNamer(config, context.host),
    warn: (text) => context.warn(`warning: ${text}`),
  });
}

/** What people call the channel at a base URL. */
export function channelNamer(config: LoadedConfig, host: Host): (baseUrl: string) => string {
  const names = new Map<string, string>();
  let settings: ChannelSettings | undefined;
  return (baseUrl) => {
    const known = names.get(baseUrl);
    if (known !== undefined) return known;
    settings ??= channelSettings(config, host);
    const name = parseChannel(baseUrl, settings).canonicalName;
    names.set(baseUrl, name);
    return name;
  };
}

/**
 * Refuses an environment that its owner marked as frozen (CEP 22).
 * @throws {TcondaError} `ENVIRONMENT_FROZEN`, with the reason given there
 */
export function checkNotFrozen(prefix: string, config: LoadedConfig): void {
  const file = path.join(prefix, 'conda-meta', 'frozen');
  if (!config.get('protect_frozen_envs') || !existsSync(file)) return;
  const reason = frozenReason(readFileSync(file, 'utf8'));
  const because = reason === undefined ? '' : `. Reason:\n\n    ${reason}\n`;
  throw new TcondaError(
    'ENVIRONMENT_FROZEN',
    `Cannot modify '${prefix}'. The environment is marked as frozen${because}`,
  );
}

function frozenReason(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
