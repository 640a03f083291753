import { channelSettings, type LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { parseChannel } from '../model/channel.ts';
import { formatDistName, type RepoDataRecord } from '../model/package-record.ts';
import type { PrefixData } from '../model/prefix-record.ts';
import { formatCanonicalDist } from '../report/dist-json.ts';
import { type AskedFor, parseExplicitFile } from '../specs/index.ts';
import { runChange } from './change.ts';
import type { CommandOutput, Context, OptionValues } from './command.ts';
import { checkNotFrozen, loadEnvironmentOf } from './environment.ts';
import type { Outside } from './outside.ts';
import { findRevision, readRevisions } from './read-revisions.ts';
import { loadSettings } from './settings.ts';

/**
 * Brings an environment back to the packages it had after one of its changes, and to what was asked for then.
 * @param choose the number of that change, given the number of the last one
 * @throws {TcondaError} `NO_SUCH_REVISION`, `PACKAGES_NOT_FOUND` when no channel has a package any more
 */
export async function restoreRevision(
  choose: (last: number) => number,
  options: OptionValues,
  context: Context,
): Promise<CommandOutput> {
  const config = await loadSettings(options, context);
  const installed = await loadEnvironmentOf(config, context);
  checkNotFrozen(installed.prefix, config);
  const { asked } = await readWanted(choose, installed);
  return runChange(
    {
      command: 'install',
      wanted: { kind: 'specs', specs: asked.updateSpecs },
      act: async (change, outside) => {
        const { restorePackages } = await import('../explicit.ts');
        return restorePackages(async (now) => {
          const then = await readWanted(choose, now);
          return { wanted: await findRecords(then, now, outside, config, context), asked: then.asked };
        }, change);
      },
    },
    config,
    context,
  );
}

interface Then {
  /** `channel/subdir::name-version-build` of all that was there. */
  readonly state: readonly string[];
  readonly sources: ReadonlyMap<string, string>;
  readonly asked: AskedFor;
}

async function readWanted(choose: (last: number) => number, installed: PrefixData): Promise<Then> {
  const revisions = await readRevisions(installed.prefix);
  const { number, state } = findRevision(revisions, choose(revisions.length - 1));
  const { packageSources, requestedSpecs } = await import('../record/index.ts');
  const sources = packageSources(revisions.map(({ entry }) => entry));
  const names = new Set(state.map((dist) => parseDist(dist).name));
  const entries = revisions.slice(0, number + 1).map(({ entry }) => entry);
  const specs = new Map([...requestedSpecs(entries)].filter(([name]) => names.has(name)));
  const asked = {
    updateSpecs: [...specs.values()],
    removeSpecs: [...installed.history.keys()].filter((name) => !specs.has(name)),
    requestedSpecs: new Map([...specs].map(([name, spec]) => [name, [spec]])),
  };
  return { state, sources, asked };
}

/** What is still installed, or has its address in the history, needs no channel: it may have left that. */
async function findRecords(
  { state, sources }: Pick<Then, 'state' | 'sources'>,
  installed: PrefixData,
  outside: Outside,
  config: LoadedConfig,
  { host }: Context,
): Promise<readonly RepoDataRecord[]> {
  const known = new Map<string, RepoDataRecord>(
    installed.records.map((record) => [formatCanonicalDist(record), record]),
  );
  // Another client, with other settings, may have called the channel by another name.
  for (const dist of state) {
    const same = known.has(dist) ? undefined : installed.records.find((record) => isNamed(record, dist));
    if (same !== undefined) known.set(dist, same);
  }
  const settings = { channels: channelSettings(config, host), env: {} };
  for (const dist of state) {
    const source = sources.get(dist);
    if (known.has(dist) || source === undefined) continue;
    const [record] = parseExplicitFile(source, settings, 'the history').records;
    if (record !== undefined) known.set(dist, record);
  }
  const missing = state.filter((dist) => !known.has(dist)).map(parseDist);
  if (missing.length > 0) {
    const { loadRepodata } = await import('../repodata/index.ts');
    const channels = [...new Set(missing.map(({ channel }) => channel))].map((text) =>
      parseChannel(text, channelSettings(config, host)),
    );
    const names = [...new Set(missing.map(({ name }) => name))];
    const { subdirs } = await loadRepodata(
      {
        channels: channels.flatMap((channel) => channel.members ?? [channel]),
        subdirs: [...new Set(missing.map(({ subdir }) => subdir))],
        names,
        typed: names,
        closure: false,
      },
      outside.repodata,
    );
    for (const record of subdirs.flatMap((subdir) => (subdir.kind === 'found' ? subdir.records : []))) {
      known.set(formatCanonicalDist(record), record);
    }
  }
  const gone = state.filter((dist) => !known.has(dist));
  if (gone.length > 0) {
    throw new TcondaError(
      'PACKAGES_NOT_FOUND',
      `The following packages of that time are in no channel any more:${gone.map((dist) => `\n  - ${dist}`).join('')}`,
      { data: { packages: gone } },
    );
  }
  return state.flatMap((dist) => known.get(dist) ?? []);
}

function isNamed(record: RepoDataRecord, dist: string): boolean {
  const { channel, subdir } = parseDist(dist);
  if (record.subdir !== subdir || !dist.endsWith(`::${formatDistName(record)}`)) return false;
  return `/${record.channel}`.endsWith(`/${channel}`);
}

interface Dist {
  readonly channel: string;
  readonly subdir: string;
  readonly name: string;
}

/** `channel/subdir::name-version-build` taken apart. */
function parseDist(text: string): Dist {
  const at = text.lastIndexOf('::');
  const place = at < 0 ? '' : text.slice(0, at);
  const slash = place.lastIndexOf('/');
  const parts = text.slice(at < 0 ? 0 : at + 2).split('-');
  return {
    channel: place.slice(0, slash),
    subdir: place.slice(slash + 1),
    name: parts.slice(0, -2).join('-'),
  };
}
