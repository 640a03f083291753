import { TcondaError } from '../errors.ts';
import type { Secret } from '../model/secret.ts';
import type { Credentials } from './auth.ts';
import type { Connections } from './http-connections.ts';
import { answerFromDisk, type RawAnswer } from './http-file.ts';
import type { HttpRequestOptions } from './http.ts';
import { stripUrl } from './url-secrets.ts';

/** An answer after all redirects. */
export interface Answer extends RawAnswer {
  readonly url: URL;
}

/** What requests of a client share, and what ends this one. */
export interface Sending {
  readonly connections: Connections;
  readonly credentials: Credentials;
  readonly signal: AbortSignal | undefined;
  readonly sign: HttpRequestOptions['sign'];
}

/**
 * Sends one request and follows where it is redirected to; each hop with the credentials that belong to it.
 * @throws {TcondaError} `HTTP_FAILED` for redirects without end or to where they must not lead; what the connection fails with
 */
export async function sendRequest(
  start: URL,
  headers: ReadonlyMap<string, string>,
  method: 'GET' | 'HEAD',
  shared: Sending,
): Promise<Answer> {
  let url = start;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    if (url.protocol === 'file:') return { ...(await answerFromDisk(url, headers)), url };
    // Asked anew for each hop: another place gets the credentials that are for it, or none.
    const { url: target, authorization } = shared.credentials.authorize(url);
    const answer = await send(target, headers, authorization, method, shared);
    const location = answer.headers.get('location');
    if (!REDIRECTS.has(answer.status) || location === undefined) return { ...answer, url: target };
    discard(answer);
    url = redirectTarget(target, location);
  }
  throw new TcondaError('HTTP_FAILED', `Redirected without end: ${stripUrl(start.href)}`, {
    data: { url: stripUrl(start.href) },
  });
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 10;

async function send(
  url: URL,
  headers: ReadonlyMap<string, string>,
  authorization: Secret | undefined,
  method: 'GET' | 'HEAD',
  { connections, signal, sign }: Sending,
): Promise<RawAnswer> {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TcondaError('HTTP_FAILED', `Not a kind of URL tconda can read: ${stripUrl(url.href)}`);
  }
  const dispatcher = await connections.dispatcherFor(url);
  const sent: Record<string, string> = Object.fromEntries(headers);
  if (authorization) sent['authorization'] = authorization.reveal();
  Object.assign(sent, sign?.(url, method));
  const answer = await dispatcher.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method,
    headers: sent,
    ...(signal && { signal }),
  });
  const received = new Map<string, string>();
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined)
      received.set(name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value);
  }
  return { status: answer.statusCode, headers: received, body: answer.body };
}

function redirectTarget(from: URL, location: string): URL {
  let to;
  try {
    to = new URL(location, from);
  } catch {
    throw new TcondaError('HTTP_FAILED', `${stripUrl(from.href)} redirects to what is not a URL`);
  }
  // A server must not point us at our own disk, nor out of the encryption.
  if (to.protocol !== 'https:' && to.protocol !== from.protocol) {
    throw new TcondaError(
      'HTTP_FAILED',
      `${stripUrl(from.href)} redirects from ${from.protocol.slice(0, -1)} to ${to.protocol.slice(0, -1)}, which is refused`,
    );
  }
  return to;
}

/** Nobody wants the body. A short one is let through, so that the connection can serve again; a long one costs more than that. */
export function discard({ body, headers, status }: RawAnswer): void {
  body.on('error', () => undefined);
  const length = headers.get('content-length');
  if (status === 304 || (length !== undefined && Number(length) <= 64 * 1024)) body.resume();
  else body.destroy();
}
