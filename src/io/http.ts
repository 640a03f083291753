import { setTimeout as sleep } from 'node:timers/promises';

import { TcondaError } from '../errors.ts';
import { createCredentials, type Credentials } from './auth.ts';
import { readBody, RefusedBody } from './http-body.ts';
import { type ConnectionOptions, createConnections } from './http-connections.ts';
import {
  describeProblem,
  isAbort,
  isCertificateProblem,
  isConnectionProblem,
  isOutOfReach,
  unreachable,
} from './http-errors.ts';
import { createGet } from './http-get.ts';
import type { RawAnswer } from './http-file.ts';
import { pauseBefore } from './http-pauses.ts';
import { type Answer, discard, sendRequest } from './http-send.ts';
import { joinSignals } from './join-signals.ts';
import { stripUrl } from './url-secrets.ts';

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
          answer = await sendRequest(url, headers, asked.method ?? 'GET', {
            ...shared,
            signal,
            sign: asked.sign,
          });
        } catch (error) {
          signal?.throwIfAborted();
          if (error instanceof TcondaError || !isConnectionProblem(error)) throw error;
          if (isCertificateProblem(error)) throw unreachable(text, error);
          failure = error;
        }
        if (answer !== undefined && !RETRIED.has(answer.status)) return answer;
        const reason = answer === undefined ? describeProblem(failure) : `HTTP ${answer.status}`;
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
    get: createGet(request),
    close: () => connections.close(),
  };
}

const RETRIED: ReadonlySet<number> = new Set([413, 429, 500, 502, 503, 504]);
/** Milliseconds for which a host that is not there is not looked for again. */
const OUT_OF_REACH = 10_000;
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
    const problem =
      error instanceof RefusedBody ? error.message : `The connection broke: ${describeProblem(error)}`;
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

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw new TcondaError('HTTP_FAILED', `Not a URL: ${stripUrl(text)}`);
  }
}
