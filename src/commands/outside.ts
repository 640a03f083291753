import path from 'node:path';

import {
  channelSettings,
  channelTexts,
  checkClientCertificate,
  expandPath,
  type LoadedConfig,
} from '../config/index.ts';
import { channelCredentials, createCredentials } from '../io/auth.ts';
import { createHttpClient, type HttpClient } from '../io/http.ts';
import { withMirrors } from '../io/mirrors.ts';
import { withSchemes } from '../io/schemes.ts';
import { expandChannels } from '../model/channel-list.ts';
import { type Channel, parseChannel } from '../model/channel.ts';
import { TOOL } from '../model/tool.ts';
import type { LoadRepodataOptions } from '../repodata/index.ts';
import { checkAllowedChannels } from './allowed-channels.ts';
import type { Context } from './command.ts';
import { loadLogins } from './logins.ts';

/** The network as the settings allow it, and where its results are kept. */
export interface Outside {
  readonly channels: readonly Channel[];
  readonly http: HttpClient;
  readonly repodata: LoadRepodataOptions;
}

/**
 * Runs `action` with the way out that the settings describe, and closes it afterwards.
 * @param more channels besides those of the settings, for their credentials
 * @throws {TcondaError} `CHANNEL_NOT_ALLOWED`, `CHANNEL_DENIED`
 */
export async function withOutside<T>(
  config: LoadedConfig,
  context: Context,
  action: (outside: Outside) => Promise<T>,
  more: readonly Channel[] = [],
): Promise<T> {
  const channels = expandChannels(channelTexts(config), channelSettings(config, context.host));
  checkAllowedChannels([...channels, ...more], config, context.host);
  const http = openHttp(config, [...channels, ...more], context);
  try {
    return await action({ channels, http, repodata: repodataOptions(config, http, context) });
  } finally {
    await http.close();
  }
}

function openHttp(
  config: LoadedConfig,
  channels: readonly Channel[],
  { host, signal, global, warn }: Context,
): HttpClient {
  const servers = Object.entries(config.get('proxy_servers')).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  checkClientCertificate(config);
  const inPlace = (file: string): string => expandPath(file, host);
  const cert = config.get('client_ssl_cert');
  const key = config.get('client_ssl_cert_key');
  const verify = config.get('ssl_verify');
  if (verify === false && !global.quiet && channels.some(({ scheme }) => scheme === 'https')) {
    warn('warning: the certificates of servers are not checked (ssl_verify: false)');
  }
  const settings = channelSettings(config, host);
  const [pkgsDir] = config.get('pkgs_dirs');
  const mirrored = Object.entries(config.get('mirrored_channels')).map(
    ([name, urls]) => [parseChannel(name, settings), expandChannels(urls, settings)] as const,
  );
  const logins = loadLogins(host, { anacondaTokens: config.get('add_anaconda_token') });
  if (!global.quiet) for (const text of logins.warnings) warn(`warning: ${text}`);
  const credentials = createCredentials({
    entries: [
      ...channelCredentials([...channels, ...mirrored.flatMap(([, members]) => members)]),
      ...logins.entries,
    ],
    ...(logins.netrc !== undefined && { netrc: logins.netrc }),
  });
  const client = createHttpClient({
    userAgent: `${TOOL.name}/${TOOL.version} ${host.platform}/${host.release}`,
    credentials,
    offline: config.get('offline'),
    maxRetries: config.get('remote_max_retries'),
    backoffFactor: config.get('remote_backoff_factor'),
    connectTimeout: config.get('remote_connect_timeout_secs'),
    readTimeout: config.get('remote_read_timeout_secs'),
    proxies: { servers: new Map(servers), env: host.env },
    sslVerify:
      verify === 'truststore' ? '<truststore>' : typeof verify === 'string' ? inPlace(verify) : verify,
    ...(cert !== null && {
      clientCertificate: { cert: inPlace(cert), ...(key !== null && { key: inPlace(key) }) },
    }),
    onRetry: ({ url, reason, wait }) => {
      if (!global.quiet) warn(`warning: ${url}: ${reason}; trying again in ${Math.ceil(wait)} s`);
    },
    signal,
  });
  return withMirrors(withSchemes(client, { credentials, env: host.env, now: host.now }), {
    mirrors: new Map(mirrored.map(([{ baseUrl }, members]) => [baseUrl, members.map((one) => one.baseUrl)])),
    ...(pkgsDir !== undefined && { stateFile: path.join(pkgsDir, 'cache', 'tconda-mirrors.json') }),
    now: host.now,
    onFailover: ({ url, reason }) => {
      if (!global.quiet)
        warn(`warning: ${url} does not answer as it should (${reason}); asking the next mirror`);
    },
  });
}

function repodataOptions(
  config: LoadedConfig,
  http: HttpClient,
  { host, signal, report }: Context,
): LoadRepodataOptions {
  const threads = config.get('repodata_threads');
  return {
    http,
    cacheDirs: config.get('pkgs_dirs').map((directory) => path.join(directory, 'cache')),
    offline: config.get('offline'),
    useIndexCache: config.get('use_index_cache'),
    localRepodataTtl: config.get('local_repodata_ttl'),
    now: host.now,
    useZst: config.get('repodata_use_zst'),
    useShards: config.get('repodata_use_shards'),
    maxBytes: config.get('max_repodata_bytes'),
    addPipAsPythonDependency: config.get('add_pip_as_python_dependency'),
    allowNonChannelUrls: config.get('allow_non_channel_urls'),
    useOnlyTarBz2: config.get('use_only_tar_bz2') === true,
    ...(threads > 0 ? { threads } : {}),
    report,
    signal,
  };
}
