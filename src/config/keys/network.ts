import { existsSync } from 'node:fs';

import { maskSettings } from '../../io/url-secrets.ts';
import { expandPath } from '../expand.ts';
import { BOOL, BOOL_OR_STR, FLOAT, INT, LIST, STR_OR_NULL } from '../setting-type.ts';
import { define, notNegative, type Setting } from '../setting.ts';

const GROUP = 'network';

/** Settings about how servers are reached. */
export const networkKeys = {
  ssl_verify: define(
    GROUP,
    BOOL_OR_STR,
    true,
    'Whether certificates are checked; or a file of certificates; or `truststore`',
    {
      aliases: ['verify_ssl'],
      expands: true,
      check: (value, context) => {
        if (typeof value === 'boolean' || value === 'truststore') return undefined;
        return context === undefined || existsSync(expandPath(value, context.host))
          ? undefined
          : `it must be true, false, truststore or a path that is there, not '${maskSettings(value)}'`;
      },
    },
  ),
  client_ssl_cert: define(GROUP, STR_OR_NULL, null, 'A certificate to show to servers', {
    aliases: ['client_cert'],
    expands: true,
  }),
  client_ssl_cert_key: define(GROUP, STR_OR_NULL, null, 'The key of client_ssl_cert', {
    aliases: ['client_cert_key'],
    expands: true,
  }),
  proxy_servers: define(GROUP, { kind: 'map', of: STR_OR_NULL }, {}, 'Proxies by scheme', {
    expands: true,
  }),
  remote_connect_timeout_secs: define(GROUP, FLOAT, 9.15, 'Seconds to wait for a connection', {
    check: notNegative,
  }),
  remote_read_timeout_secs: define(GROUP, FLOAT, 60, 'Seconds to wait for the next bytes', {
    check: notNegative,
  }),
  remote_max_retries: define(GROUP, INT, 3, 'How often a failed request is repeated', {
    check: notNegative,
  }),
  remote_backoff_factor: define(GROUP, INT, 1, 'Seconds before the first repetition; doubled each time', {
    check: notNegative,
  }),
  offline: define(GROUP, BOOL, false, 'Whether the network is left alone'),
  mirrored_channels: define(
    GROUP,
    { kind: 'map', of: LIST },
    {},
    "Names of channels, each with the URLs that have it, tried in order; mamba's",
    { expands: true },
  ),
} as const satisfies Record<string, Setting>;
