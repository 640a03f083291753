import type { TLSSocket } from 'node:tls';

import type { Dispatcher } from 'undici';

import { type buildConnector, Client, Pool } from './undici.ts';

/**
 * The connections to one server. One that speaks HTTP/2 gets many requests on a connection; HTTP/1.1 gets one at a time on each.
 *
 * @param connect makes a connection that may turn out to be one of HTTP/2: its `allowH2` is set
 */
export function createOriginPool(
  origin: URL,
  pool: Pool.Options,
  connect: buildConnector.connector,
): Dispatcher {
  return new Pool(origin, {
    ...pool,
    factory: (url, options) => {
      const client = new Client(url, {
        ...(options as Client.Options),
        allowH2: true,
        initialWindowSize: STREAM_WINDOW,
        connectionWindowSize: CONNECTION_WINDOW,
        connect: (target, done) => {
          connect(target, (...result) => {
            const [, socket] = result;
            const isHttp2 = (socket as Partial<TLSSocket> | null | undefined)?.alpnProtocol === 'h2';
            // Known only now: HTTP/1.1 would answer in a row, and all would wait for the slowest.
            client.pipelining = isHttp2 ? STREAMS : 1;
            done(...result);
          });
        },
      });
      return client;
    },
  });
}

/** Requests on one connection at a time. Some servers refuse what would make them buffer much. */
const STREAMS = 20;
/** Bytes under way. The usual 64 KiB make a far server slow, however broad the line. */
const STREAM_WINDOW = 8 * 1024 * 1024;
const CONNECTION_WINDOW = 32 * 1024 * 1024;
