import type { Credentials } from './auth.ts';
import type { HttpClient, HttpRequestOptions, HttpResponse } from './http.ts';
import { createGet } from './http-get.ts';

/** What other kinds of URLs need. */
export interface SchemeOptions {
  readonly credentials: Credentials;
  /** Where `AWS_*` is looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970; signatures hold the time. */
  readonly now: () => number;
}

/** Answers requests of one kind of URL by means of others. */
export type SchemeHandler = (url: URL, asked: HttpRequestOptions) => Promise<HttpResponse>;

/** The client, which then also reads `oci://` and `s3://`. Their code is loaded when first needed. */
export function withSchemes(client: HttpClient, options: SchemeOptions): HttpClient {
  const handlers = new Map<string, Promise<SchemeHandler>>();
  const handlerOf = (scheme: 'oci' | 's3'): Promise<SchemeHandler> => {
    let handler = handlers.get(scheme);
    if (handler === undefined) {
      handler =
        scheme === 'oci'
          ? import('./oci.ts').then(({ createOciHandler }) => createOciHandler(client, options))
          : import('./s3.ts').then(({ createS3Handler }) => createS3Handler(client, options));
      handlers.set(scheme, handler);
    }
    return handler;
  };
  const request = async (url: string, asked: HttpRequestOptions = {}): Promise<HttpResponse> => {
    const scheme = /^(oci|s3):\/\//.exec(url)?.[1];
    if (scheme === undefined) return client.request(url, asked);
    const handle = await handlerOf(scheme === 'oci' ? 'oci' : 's3');
    return handle(new URL(url), asked);
  };
  return {
    request,
    get: createGet(request),
    close: () => client.close(),
  };
}

/** An answer that no server gave. */
export function emptyAnswer(status: number, url: string): HttpResponse {
  return { status, url, headers: new Map(), body: nothing(), dismiss: () => undefined };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
