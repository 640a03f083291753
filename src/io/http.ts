import { TcondaError } from '../errors.ts';
import { createCredentials, type Credentials } from './auth.ts';
import { createAttempts } from './http-attempts.ts';
import { readBody, RefusedBody } from './http-body.ts';
import { type ConnectionOptions, createConnections } from './http-connections.ts';
import { describeProblem, isAbort } from './http-errors.ts';
import { createGet } from './http-get.ts';
import type { RawAnswer } from './http-file.ts';
import { type Answer, discard } from './http-send.ts';
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

/** A final answer, whose body is still to come. */
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
  /** Ends all connections. */
  close(): Promise<void>;
}

/** Makes a client. Nothing is loaded or opened before the first request. */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const connections = createConnections(options);
  const { credentials = createCredentials(), maxRetries = 3, backoffFactor = 1, onRetry } = options;
  const begin = createAttempts({ connections, credentials, backoffFactor, ...(onRetry && { onRetry }) });

  const request = async (text: string, asked: HttpRequestOptions = {}): Promise<HttpResponse> => {
    const url = parseUrl(text);
    if (options.offline === true && url.protocol !== 'file:') throw offline(text);
    const { signal, dispose } = joinSignals(options.signal, asked.signal);
    const { method = 'GET', sign, maxRetries: retries = maxRetries } = asked;
    const attempts = begin({ url, text, method, sign, retries, signal });
    const headers = requestHeaders(asked, options.userAgent);
    let answer: Answer;
    try {
      answer = await attempts.send(headers);
    } catch (error) {
      dispose();
      throw error;
    }
    const askForRest = async (from: number, validator: string): Promise<RawAnswer | undefined> => {
      if (signal?.aborted === true || !(await attempts.wait('The connection broke'))) return undefined;
      const end = asked.range?.end;
      const range = `bytes=${from}-${end === undefined ? '' : end - 1}`;
      return attempts.send(new Map([...headers, ['range', range], ['if-range', validator]]));
    };
    return {
      status: answer.status,
      headers: answer.headers,
      url: stripUrl(answer.url.href),
      body: readWhole(text, method === 'HEAD' ? withoutLength(answer) : answer, askForRest, dispose),
      dismiss() {
        discard(answer);
        dispose();
      },
    };
  };

  return { request, get: createGet(request), close: () => connections.close() };
}

function offline(text: string): TcondaError {
  const url = stripUrl(text);
  return new TcondaError('OFFLINE', `Offline, and this is not there: ${url}`, { data: { url } });
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
