import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { TcondaError } from '../errors.ts';
import type { Secret } from '../model/secret.ts';
import { createCredentials, type Credentials } from './auth.ts';
import { readBody, RefusedBody } from './http-body.ts';
import { type ConnectionOptions, createConnections } from './http-connections.ts';
import { answerFromDisk, type RawAnswer } from './http-file.ts';
import { maskUrls, stripUrl } from './url-secrets.ts';

export interface HttpClientOptions extends ConnectionOptions {
  readonly userAgent?: string;
  readonly credentials?: Credentials;
  /** No network: everything but `file:` is `OFFLINE`. */
  readonly offline?: boolean;
  /** How often a failed attempt is repeated; 3 as conda. */
  readonly maxRetries?: number;
  /** Seconds before the first repetition, doubled with each; 1 as conda. */
  readonly backoffFactor?: number;
  /** Called before each repetition. `url` is free of credentials. */
  readonly onRetry?: (retry: {
    readonly url: string;
    readonly reason: string;
    readonly wait: number;
  }) => void;
  /** Ends everything that is under way. */
  readonly signal?: AbortSignal;
}

export interface HttpRequestOptions {
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes wanted: from `start` to before `end`. */
  readonly range?: { readonly start: number; readonly end?: number };
  readonly method?: 'GET' | 'HEAD';
  /** The digest that the body must have. The client does not compare; but some places can be asked by digest. */
  readonly sha256?: string;
  /** Headers for one hop, such as a signature. Asked for anew at each, so that a redirect takes none along. */
  readonly sign?: (url: URL, method: 'GET' | 'HEAD') => Readonly<Record<string, string>>;
  /** Lets the server pack the answer; it arrives unpacked. Not for archives: those are packed, and resumed by byte. */
  readonly compressed?: boolean;
  readonly maxRetries?: number;
  readonly signal?: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** To be read to its end, left early, or given up by `dismiss`. A connection that breaks on the way is resumed where that is safe. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Where the answer came from, after redirects, without credentials. */
  readonly url: string;
  /** Gives up the body. */
  dismiss(): void;
}

/** The one way out to the network, and for `file:` URLs to the disk. */
export interface HttpClient {
  /**
   * Any final status is an answer. 429 and 5xx and broken connections are tried again first.
   * @throws {TcondaError} `HTTP_FAILED`, `OFFLINE`
   */
  request(url: string, options?: HttpRequestOptions): Promise<HttpResponse>;
  /**
   * As `request`, but only 2xx is an answer.
   * @throws {TcondaError} `HTTP_FAILED`, with `data.status_code`; `OFFLINE`
   */
  get(url: string, options?: HttpRequestOptions): Promise<HttpResponse>;
  close(): Promise<void>;
}

/** Makes a client. Nothing is loaded or opened before the first request. */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const connections = createConnections(options);
  const credentials = options.credentials ?? createCredentials();
  const { maxRetries = 3, backoffFactor = 1, onRetry } = options;
  const outOfReach = new Map<string, { readonly failure: unknown; readonly until: number }>();
  const secondTries = new Set<string>();

  const request = async (text: string, asked: HttpRequestOptions = {}): Promise<HttpResponse> => {
    const url = parseUrl(text);
    if (options.offline === true && url.protocol !== 'file:') {
      throw new TcondaError('OFFLINE', `Offline, and this is not there: ${stripUrl(text)}`, {
        data: { url: stripUrl(text) },
      });
    }
    const { signal, dispose } = joinSignals(options.signal, asked.signal);
    const retries = asked.maxRetries ?? maxRetries;
    let failures = 0;
    let refusals = 0;
    /** Waits before the next attempt; false when there shall be none. */
    const wait = async (reason: string, retryAfter?: string, quiet = false): Promise<boolean> => {
      if (failures >= retries || signal?.aborted === true) return false;
      const pause = pauseBefore(failures++, backoffFactor, retryAfter);
      if (!quiet) onRetry?.({ url: stripUrl(text), reason, wait: pause });
      await sleep(pause * 1000, undefined, signal && { signal });
      return true;
    };
    const attempt = async (headers: ReadonlyMap<string, string>): Promise<Answer> => {
      for (;;) {
        let failure: unknown;
        let answer: Answer | undefined;
        const known = outOfReach.get(url.origin);
        if (known !== undefined && Date.now() < known.until) throw unreachable(text, known.failure);
        try {
          answer = await follow(url, headers, asked.method ?? 'GET', { ...shared, signal, sign: asked.sign });
        } catch (error) {
          signal?.throwIfAborted();
          if (error instanceof TcondaError || !isConnectionProblem(error)) throw error;
          if (isCertificateProblem(error)) throw unreachable(text, error);
          failure = error;
        }
        if (answer !== undefined && !RETRIED.has(answer.status)) return answer;
        const reason = answer === undefined ? describe(failure) : `HTTP ${answer.status}`;
        const isRefusal = answer === undefined && isOutOfReach(failure);
        if (isRefusal && refusals++ > 0) {
          // Nor will it be there for what else is wanted of it.
          outOfReach.set(url.origin, { failure, until: Date.now() + OUT_OF_REACH });
          throw unreachable(text, failure);
        }
        const quiet = isRefusal && secondTries.has(url.origin);
        if (isRefusal) secondTries.add(url.origin);
        const again = await wait(reason, answer?.headers.get('retry-after'), quiet);
        if (again && answer !== undefined) discard(answer);
        if (again) continue;
        if (answer !== undefined) return answer;
        throw unreachable(text, failure);
      }
    };

    const headers = requestHeaders(asked, options.userAgent);
    let answer: Answer;
    try {
      answer = await attempt(headers);
    } catch (error) {
      dispose();
      throw error;
    }
    const final = answer;
    return {
      status: final.status,
      headers: final.headers,
      url: stripUrl(final.url.href),
      body: readWhole(
        text,
        asked.method === 'HEAD' ? withoutLength(final) : final,
        async (from, validator) => {
          if (signal?.aborted === true || !(await wait('The connection broke'))) return undefined;
          const end = asked.range?.end;
          const range = `bytes=${from}-${end === undefined ? '' : end - 1}`;
          return attempt(new Map([...headers, ['range', range], ['if-range', validator]]));
        },
        dispose,
      ),
      dismiss() {
        discard(final);
        dispose();
      },
    };
  };

  const shared = { connections, credentials };
  return {
    request,
    async get(url, asked) {
      const response = await request(url, asked);
      if (response.status >= 200 && response.status < 300) return response;
      response.dismiss();
      throw refused(url, response.status);
    },
    close: () => connections.close(),
  };
}

/**
 * The error for an answer that is none of those hoped for.
 * @param url may hold credentials
 */
export function refused(url: string, status: number): TcondaError {
  const reason = REASONS.get(status) ?? '';
  return new TcondaError(
    'HTTP_FAILED',
    `HTTP ${status}${reason && ` ${reason}`} for url <${stripUrl(url)}>`,
    {
      data: { url: stripUrl(url), status_code: status, reason },
      ...hintFor(status),
    },
  );
}

interface Answer extends RawAnswer {
  readonly url: URL;
}

interface Shared {
  readonly connections: ReturnType<typeof createConnections>;
  readonly credentials: Credentials;
  readonly signal: AbortSignal | undefined;
  readonly sign: HttpRequestOptions['sign'];
}

const RETRIED: ReadonlySet<number> = new Set([413, 429, 500, 502, 503, 504]);
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const MAX_REDIRECTS = 10;
/** Milliseconds for which a host that is not there is not looked for again. */
const OUT_OF_REACH = 10_000;
/** Seconds. A server that asks for more is as good as down. */
const LONGEST_PAUSE = 120;

async function follow(
  start: URL,
  headers: ReadonlyMap<string, string>,
  method: 'GET' | 'HEAD',
  shared: Shared,
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

async function send(
  url: URL,
  headers: ReadonlyMap<string, string>,
  authorization: Secret | undefined,
  method: 'GET' | 'HEAD',
  { connections, signal, sign }: Shared,
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

async function* readWhole(
  url: string,
  answer: Answer,
  askForRest: (from: number, validator: string) => Promise<RawAnswer | undefined>,
  dispose: () => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* readBody(answer, askForRest);
  } catch (error) {
    if (error instanceof TcondaError || isAbort(error)) throw error;
    const place = stripUrl(url);
    const problem = error instanceof RefusedBody ? error.message : `The connection broke: ${describe(error)}`;
    throw new TcondaError('HTTP_FAILED', `${problem} for url <${place}>`, {
      data: { url: place },
      cause: error,
    });
  } finally {
    dispose();
  }
}

/** What is said of a body that does not come is no promise. */
function withoutLength(answer: Answer): Answer {
  return {
    ...answer,
    headers: new Map([...answer.headers].filter(([name]) => name !== 'content-length')),
  };
}

/** Nobody wants the body. A short one is let through, so that the connection can serve again; a long one costs more than that. */
function discard({ body, headers, status }: RawAnswer): void {
  body.on('error', () => undefined);
  const length = headers.get('content-length');
  if (status === 304 || (length !== undefined && Number(length) <= 64 * 1024)) body.resume();
  else body.destroy();
}

function requestHeaders(asked: HttpRequestOptions, userAgent = 'tconda'): ReadonlyMap<string, string> {
  const headers = new Map([
    ['user-agent', userAgent],
    ['accept-encoding', asked.compressed === true ? 'gzip, deflate, br' : 'identity'],
    ...Object.entries(asked.headers ?? {}),
  ]);
  if (asked.range !== undefined) {
    const { start, end } = asked.range;
    headers.set('range', `bytes=${start}-${end === undefined ? '' : end - 1}`);
  }
  return headers;
}

/** Seconds. Spread, so that many clients that failed together don't come back together. */
function pauseBefore(failures: number, factor: number, retryAfter: string | undefined): number {
  const wanted = retryAfter === undefined ? undefined : parseRetryAfter(retryAfter);
  if (wanted !== undefined) return Math.min(LONGEST_PAUSE, wanted);
  return Math.min(LONGEST_PAUSE, factor * 2 ** failures * (0.5 + Math.random() / 2));
}

function parseRetryAfter(text: string): number | undefined {
  if (/^\d+$/.test(text.trim())) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - Date.now()) / 1000);
}

function joinSignals(...signals: readonly (AbortSignal | undefined)[]): {
  readonly signal: AbortSignal | undefined;
  readonly dispose: () => void;
} {
  const given = signals.filter((signal) => signal !== undefined);
  if (given.length < 2) return { signal: given[0], dispose: () => undefined };
  // Not AbortSignal.any: what it makes lives as long as the longest-lived of its sources.
  const controller = new AbortController();
  const abort = (event: Event): void => controller.abort((event.target as AbortSignal).reason);
  // Each open request listens, and node warns of more than ten.
  setMaxListeners(0, ...given);
  for (const signal of given) {
    if (signal.aborted) controller.abort(signal.reason);
    signal.addEventListener('abort', abort);
  }
  return {
    signal: controller.signal,
    dispose: () => {
      for (const signal of given) signal.removeEventListener('abort', abort);
    },
  };
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw new TcondaError('HTTP_FAILED', `Not a URL: ${stripUrl(text)}`);
  }
}

function unreachable(url: string, cause: unknown): TcondaError {
  const place = stripUrl(url);
  return new TcondaError('HTTP_FAILED', `HTTP 000 CONNECTION FAILED for url <${place}>: ${describe(cause)}`, {
    hint: isCertificateProblem(cause)
      ? 'The certificate of the server is not trusted here: set ssl_verify to the file with the right ones'
      : 'Check the network and the address of the channel; behind a proxy, set proxy_servers',
    data: { url: place, status_code: '000' },
    cause,
  });
}

/** What the network or the other side did wrong has a code. All else is a mistake of ours, and no second attempt mends it. */
function isConnectionProblem(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code !== 'UND_ERR_INVALID_ARG' && !code.startsWith('ERR_INVALID_');
}

/** There is no such host, or nobody listens: it gets one more chance. Failures that pass, such as EAI_AGAIN, are others. */
function isOutOfReach(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOTFOUND' || code === 'ECONNREFUSED';
}

function isCertificateProblem(error: unknown): boolean {
  return /CERT|^ERR_TLS_|^ERR_SSL_|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/.test(
    (error as NodeJS.ErrnoException).code ?? '',
  );
}

function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known = typeof code === 'string' ? CONNECTION_PROBLEMS.get(code) : undefined;
  return known ?? maskUrls(message === '' ? String(code) : message);
}

const CONNECTION_PROBLEMS: ReadonlyMap<string, string> = new Map([
  ['ENOTFOUND', 'there is no such host'],
  ['EAI_AGAIN', 'the name of the host could not be looked up'],
  ['ECONNREFUSED', 'the host refuses the connection'],
  ['ECONNRESET', 'the host ended the connection'],
  ['UND_ERR_SOCKET', 'the host ended the connection'],
  ['UND_ERR_CONNECT_TIMEOUT', 'no connection in time'],
  ['UND_ERR_HEADERS_TIMEOUT', 'no answer in time'],
  ['UND_ERR_BODY_TIMEOUT', 'the answer stalled'],
]);

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
}

const REASONS: ReadonlyMap<number, string> = new Map([
  [400, 'BAD REQUEST'],
  [401, 'UNAUTHORIZED'],
  [403, 'FORBIDDEN'],
  [404, 'NOT FOUND'],
  [407, 'PROXY AUTHENTICATION REQUIRED'],
  [410, 'GONE'],
  [413, 'CONTENT TOO LARGE'],
  [416, 'RANGE NOT SATISFIABLE'],
  [429, 'TOO MANY REQUESTS'],
  [500, 'INTERNAL SERVER ERROR'],
  [502, 'BAD GATEWAY'],
  [503, 'SERVICE UNAVAILABLE'],
  [504, 'GATEWAY TIMEOUT'],
]);

function hintFor(status: number): { readonly hint?: string } {
  if (status === 401 || status === 403) {
    return {
      hint: 'This place wants a login: put a token (/t/<token>/) or user and password into the channel, or into .netrc',
    };
  }
  if (status === 407) return { hint: 'The proxy wants a login: see proxy_servers' };
  if (status >= 500 || status === 429) return { hint: 'The server has a problem; try again later' };
  return {};
}
