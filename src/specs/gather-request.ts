import { TcondaError } from '../errors.ts';
import { checkChannels } from '../model/channel-rules.ts';
import type { Channel } from '../model/channel.ts';
import { parseMatchSpec } from '../model/match-spec-text.ts';
import { matchesRecord, type MatchSpec } from '../model/match-spec.ts';
import type { PrefixData } from '../model/prefix-record.ts';
import type { Job, SolveRequest, SpecInput } from '../model/request.ts';
import { checkPins, checkRemoval, checkUpdate } from './check-request.ts';
import { gatherJobs, type JobInput } from './gather-jobs.ts';
import { gatherRemoveJobs } from './remove-jobs.ts';

/**
 * The question to the solver: what was asked for, what was asked for before, pins, and what shall stay, as jobs.
 *
 * @throws {TcondaError} `INVALID_MATCH_SPEC` for a text that is no spec; `NO_CHANNELS` when there is nowhere to install
 *   from; `UPDATE_SPEC` or `PACKAGE_NOT_INSTALLED` for what can't be updated; `PACKAGES_NOT_IN_PREFIX` for what can't be
 *   removed; `PIN_CONFLICT` when a pin contradicts what is asked for; `CHANNEL_NOT_ALLOWED`, `CHANNEL_DENIED` for a channel
 *   of a spec
 */
export function gatherRequest(input: SpecInput, environment: PrefixData): SolveRequest {
  const installed = input.ignoreInstalled === true ? withoutPackages(environment) : environment;
  const parse = parserOf(input);
  const requested = [...input.specs.map(parse), ...defaultPackages(input, parse)];
  const pins =
    input.ignorePinned === true ? [] : [...(input.pinnedPackages ?? []), ...installed.pinned].map(parse);
  const channels = withSpecChannels(input.channels, requested);
  if (input.channelRules !== undefined) checkChannels(channels, input.channelRules);
  if (input.command === 'remove') checkRemoval(requested, installed);
  if (input.command === 'update' && input.updateModifier !== 'update-all') checkUpdate(requested, installed);
  if (input.command !== 'remove') {
    checkPins(requested, pins);
    if (channels.length === 0 && needsChannels(input))
      throw new TcondaError('NO_CHANNELS', 'No channels are configured');
  }
  const isSatisfied =
    input.updateModifier === 'specs-satisfied-skip-solve' &&
    requested.every((spec) => installed.records.some((record) => matchesRecord(spec, record)));
  return {
    command: input.command,
    requested,
    jobs: jobsOf({ input, requested, pins, installed, parse }),
    channels,
    subdirs: input.subdirs,
    channelPriority: input.channelPriority ?? 'flexible',
    noDeps: input.noDeps === true || input.forceRemove === true,
    onlyDeps: input.onlyDeps === true,
    allowDowngrade: input.command !== 'update',
    pruneOrphans:
      input.command === 'remove' ? input.forceRemove !== true && input.prune !== false : input.prune === true,
    ...(input.prune === true && input.command !== 'remove' ? { prune: true } : {}),
    ...(input.updateModifier === 'update-deps' ? { updateDeps: true } : {}),
    ...(isSatisfied ? { isSatisfied } : {}),
    ...(input.excludeNewer === undefined ? {} : { excludeNewer: input.excludeNewer }),
    ...(input.resolution === undefined ? {} : { resolution: input.resolution }),
    ...(input.ignoreInstalled === true ? { ignoresInstalled: true } : {}),
  };
}

/** What of an environment has a say in the answer to a request. */
export function consideredOf(request: SolveRequest, environment: PrefixData): PrefixData {
  return request.ignoresInstalled === true ? withoutPackages(environment) : environment;
}

function withoutPackages(environment: PrefixData): PrefixData {
  return { ...environment, records: [], history: new Map() };
}

function jobsOf(input: JobInput): readonly Job[] {
  return input.input.command === 'remove' ? gatherRemoveJobs(input) : gatherJobs(input);
}

function parserOf({ channelSettings }: SpecInput): (text: string) => MatchSpec {
  const options = channelSettings === undefined ? {} : { channels: channelSettings };
  return (text) => parseMatchSpec(text, options);
}

/** What the settings add to a new environment, but for names that are asked for in another way. */
function defaultPackages(input: SpecInput, parse: (text: string) => MatchSpec): readonly MatchSpec[] {
  if (input.command !== 'create') return [];
  const asked = new Set(input.specs.map((text) => parse(text).name));
  return (input.createDefaultPackages ?? [])
    .filter((text) => !/\.(?:conda|tar\.bz2)$/.test(text))
    .map(parse)
    .filter((spec) => !asked.has(spec.name));
}

/** Channels that a spec names are searched too, after all others. */
function withSpecChannels(channels: readonly Channel[], requested: readonly MatchSpec[]): readonly Channel[] {
  const all = [...channels];
  for (const { channel } of requested) {
    if (channel === undefined || channel.kind === 'pattern') continue;
    const named = channel.channel;
    for (const one of named.members ?? [named]) {
      if (
        one.baseUrl !== '' &&
        !all.some(({ baseUrl, canonicalName }) => baseUrl === one.baseUrl || canonicalName === one.name)
      ) {
        all.push(one);
      }
    }
  }
  return all;
}

function needsChannels({ specs, createDefaultPackages = [], updateModifier }: SpecInput): boolean {
  return specs.length > 0 || createDefaultPackages.length > 0 || updateModifier === 'update-all';
}
