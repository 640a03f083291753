import { fails, type Scene, type SettingEffect, succeeds } from './effect.ts';

/** Settings about how servers are reached. */
export function networkEffects({ secure, silent, url, fail, failAlways }: Scene): readonly SettingEffect[] {
  const search = ['search', 'links', '--json'];
  const ask = ['search', 'links', '-O', '-c', secure.url];
  const trusted = `ssl_verify: '${secure.cert}'\nremote_max_retries: 0`;
  /** There is one file of an index, so that no other stands in for it. */
  const plain = 'repodata_use_shards: false\nrepodata_use_zst: false';
  const busy = { kind: 'status', status: 503 } as const;
  return [
    {
      key: 'ssl_verify',
      rc: `${trusted}\nclient_ssl_cert: '${secure.cert}'\nclient_ssl_cert_key: '${secure.key}'`,
      without: `remote_max_retries: 0\nclient_ssl_cert: '${secure.cert}'\nclient_ssl_cert_key: '${secure.key}'`,
      args: ask,
      isCold: true,
      isPossible: secure.cert !== '',
      shows: succeeds,
    },
    {
      key: 'client_ssl_cert',
      rc: `${trusted}\nclient_ssl_cert: '${secure.cert}'\nclient_ssl_cert_key: '${secure.key}'`,
      without: trusted,
      args: ask,
      isCold: true,
      isPossible: secure.cert !== '',
      shows: succeeds,
    },
    {
      key: 'client_ssl_cert_key',
      rc: `${trusted}\nclient_ssl_cert: '${secure.cert}'\nclient_ssl_cert_key: '${secure.key}'`,
      without: `${trusted}\nclient_ssl_cert: '${secure.cert}'`,
      args: ask,
      isCold: true,
      isPossible: secure.cert !== '',
      shows: succeeds,
    },
    {
      key: 'proxy_servers',
      rc: `proxy_servers: {http: '${url}'}\nremote_max_retries: 0`,
      without: 'remote_max_retries: 0',
      args: ['search', 'links', '-O', '-c', 'http://behind.invalid'],
      shows: ({ asked }) => asked.some((path) => path.includes('behind.invalid')),
    },
    {
      key: 'remote_connect_timeout_secs',
      rc: `${plain}\nremote_connect_timeout_secs: 0.3\nremote_max_retries: 0`,
      without: `${plain}\nremote_connect_timeout_secs: 4\nremote_max_retries: 0`,
      args: ['search', 'links', '-O', '-c', silent],
      isTimed: true,
      shows: ({ milliseconds }) => milliseconds < 3500,
    },
    {
      key: 'remote_read_timeout_secs',
      rc: 'remote_read_timeout_secs: 0.3\nremote_max_retries: 0',
      without: 'remote_read_timeout_secs: 20\nremote_max_retries: 0',
      args: search,
      isCold: true,
      before: () => failAlways(/^\/noarch\//, { kind: 'delay', ms: 2000 }),
      shows: fails,
      isTimed: true,
    },
    {
      key: 'remote_max_retries',
      rc: `${plain}\nremote_max_retries: 0`,
      without: `${plain}\nremote_backoff_factor: 0`,
      args: search,
      isCold: true,
      before: () => fail('/noarch/repodata.json', busy),
      shows: fails,
    },
    {
      key: 'remote_backoff_factor',
      rc: `${plain}\nremote_backoff_factor: 4`,
      without: `${plain}\nremote_backoff_factor: 0`,
      args: search,
      isCold: true,
      before: () => fail('/noarch/repodata.json', busy),
      isTimed: true,
      shows: ({ milliseconds }) => milliseconds > 2000,
    },
  ];
}
