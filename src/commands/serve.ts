import path from 'node:path';

import { channelSettings } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { type Channel, parseChannel } from '../model/channel.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { CommandSpec, Context } from './command.ts';
import { readCount, readText } from './option-values.ts';
import { networkOptions } from './options.ts';
import { type Outside, withOutside } from './outside.ts';
import { loadSettings } from './settings.ts';

export const serve: CommandSpec = {
  summary: 'Serve a channel folder over HTTP',
  description:
    'Serves a folder with a channel, or with several, to this machine or the network, until it is interrupted. With ' +
    '--proxy the folder keeps copies of a remote channel: what is asked for is fetched once, checked and kept. Of packages ' +
    'and shards the digests are checked.',
  operands: ['[folder]'],
  options: [
    {
      heading: 'Server',
      options: [
        { flags: '--port <number>', description: 'where to listen; default 8000, 0 for any that is free' },
        { flags: '--bind <address>', description: 'for whom; default 127.0.0.1, 0.0.0.0 for everybody' },
        {
          flags: '--max-age <seconds>',
          description: 'how long clients may take an index for new; default 30',
        },
      ],
    },
    {
      heading: 'Remote channel',
      options: [
        { flags: '--proxy <channel>', description: 'a channel, by name or URL, to keep copies of' },
        { flags: '--ttl <seconds>', description: 'how long an index counts as new; default 60' },
      ],
    },
    networkOptions,
  ],
  examples: [
    'tconda serve ./channel --port 8000',
    'tconda serve ./copies --proxy conda-forge --bind 0.0.0.0',
  ],
  async run([folder = '.'], options, context) {
    const { startChannelServer } = await import('../serve/index.ts');
    const directory = path.resolve(context.host.cwd, folder);
    const maxAge = readCount(options, 'maxAge');
    const remote = readText(options, 'proxy');
    const serveUntilEnd = async (upstream?: Parameters<typeof startChannelServer>[0]['upstream']) => {
      const server = await startChannelServer({
        directory,
        host: readText(options, 'bind') ?? '127.0.0.1',
        port: readCount(options, 'port') ?? 8000,
        ...(maxAge === undefined ? {} : { maxAge }),
        ...(upstream && { upstream }),
        ...(context.global.verbosity > 0 && {
          onRequest: ({ method, path: asked, status, milliseconds }) =>
            context.warn(`${status} ${method} ${asked} ${milliseconds.toFixed(0)} ms`),
        }),
      });
      try {
        const text = `Serving ${directory} at ${server.url}`;
        // The one value on stdout comes at the end.
        if (context.global.json) context.warn(text);
        else context.say(text);
        await untilAborted(context.signal);
      } finally {
        await server.close();
      }
    };
    if (remote === undefined) await serveUntilEnd();
    else {
      const config = await loadSettings(options, context);
      const channel = parseChannel(remote, channelSettings(config, context.host));
      if (channel.baseUrl === '' || channel.scheme === 'file') {
        throw new TcondaError('INVALID_VALUE', `'${remote}' is not one remote channel`);
      }
      const ttl = readCount(options, 'ttl');
      await withOutside(
        config,
        context,
        async (outside) => {
          await serveUntilEnd({
            url: channel.baseUrl,
            http: outside.http,
            now: context.host.now,
            findExpected: createFindRecord(channel, outside, context.host.now),
            warn: (text) => context.warn(`warning: ${text}`),
            ...(ttl === undefined ? {} : { ttl }),
          });
        },
        [channel],
      );
    }
    return { kind: 'output', json: { success: true }, lines: [] };
  },
};

/** Asks the remote index for `SUBDIR/name-version-build.conda`; what it said of a name is kept for a minute. */
function createFindRecord(
  channel: Channel,
  { repodata }: Outside,
  now: () => number,
): (parts: readonly string[]) => Promise<RepoDataRecord | undefined> {
  const known = new Map<
    string,
    { readonly until: number; readonly records: Promise<readonly RepoDataRecord[]> }
  >();
  return async ([subdir, fn, ...more]) => {
    if (subdir === undefined || fn === undefined || more.length > 0) return undefined;
    const name = fn.split('-').slice(0, -2).join('-').toLowerCase();
    const key = `${subdir}/${name}`;
    let entry = known.get(key);
    if (entry === undefined || entry.until < now()) {
      entry = { until: now() + 60_000, records: loadRecords(channel, subdir, name, repodata) };
      known.set(key, entry);
    }
    return (await entry.records).find((record) => record.fn === fn);
  };
}

async function loadRecords(
  channel: Channel,
  subdir: string,
  name: string,
  options: Outside['repodata'],
): Promise<readonly RepoDataRecord[]> {
  const { loadRepodata } = await import('../repodata/index.ts');
  const query = { channels: [{ ...channel, onlySubdirs: [subdir] }], subdirs: [subdir], names: [name] };
  const { subdirs } = await loadRepodata({ ...query, closure: false }, options);
  return subdirs.flatMap((found) => (found.kind === 'found' ? found.records : []));
}

function untilAborted(signal: Context['signal']): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
