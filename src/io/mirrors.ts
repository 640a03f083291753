import { TcondaError } from '../errors.ts';
import type { HttpClient, HttpRequestOptions, HttpResponse } from './http.ts';
import { refused } from './http-errors.ts';
import { createGet } from './http-get.ts';
import { loadMirrorHealth } from './mirror-health.ts';

export interface MirrorOptions {
  /** By a channel's base URL: the places that have it, tried in this order instead of it. All without credentials and final slash. */
  readonly mirrors: ReadonlyMap<string, readonly string[]>;
  /** Where it is remembered which place failed lately. */
  readonly stateFile?: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told when another place is asked. URLs are free of credentials. */
  readonly onFailover?: (failure: { readonly url: string; readonly reason: string }) => void;
}

/**
 * The client, which asks mirrors for what lies below a mirrored channel. A place that fails (no answer, 404, 429, 5xx) is passed over
 * for the next, and for a while, longer each time, it is asked last. The answer says where the channel itself has the file, so nothing
 * that is kept names a mirror.
 */
export function withMirrors(client: HttpClient, options: MirrorOptions): HttpClient {
  if (options.mirrors.size === 0) return client;
  const health = loadMirrorHealth(options.stateFile, options.now);
  const prefixes = [...options.mirrors.keys()].toSorted((a, b) => b.length - a.length);

  /** Asks one place after the other, and goes on with the next where a body breaks whose digest will be compared. */
  const askFrom = async (
    places: readonly string[],
    target: Target,
    asked: HttpRequestOptions,
  ): Promise<HttpResponse> => {
    let failure: TcondaError | undefined;
    for (const [index, mirror] of places.entries()) {
      const others = places.slice(index + 1);
      const answer = await askOne(`${mirror}${target.rest}`, others.length > 0, asked);
      if (answer instanceof TcondaError) {
        failure = fail(mirror, answer, others.length === 0);
        continue;
      }
      // Another may have it; so may the one that could not answer.
      if (answer.status === 404 && (others.length > 0 || failure !== undefined)) {
        answer.dismiss();
        continue;
      }
      health.note(mirror, false);
      return { ...answer, url: target.url, body: goOn(answer.body, mirror, others, target, asked) };
    }
    throw failure ?? refused(target.url, 404);
  };

  /** An answer to go by, or how the place failed. */
  const askOne = async (
    url: string,
    hasOther: boolean,
    asked: HttpRequestOptions,
  ): Promise<HttpResponse | TcondaError> => {
    try {
      const response = await client.request(url, {
        ...asked,
        // Where there is another place, that is asked sooner than this one again.
        ...(hasOther && { maxRetries: asked.sha256 === undefined ? 1 : 0 }),
      });
      if (response.status !== 429 && response.status < 500) return response;
      response.dismiss();
      return refused(url, response.status);
    } catch (error) {
      if (!(error instanceof TcondaError) || error.code !== 'HTTP_FAILED') throw error;
      return error;
    }
  };

  const fail = (mirror: string, error: TcondaError, isLast: boolean): TcondaError => {
    health.note(mirror, true);
    if (!isLast) options.onFailover?.({ url: mirror, reason: error.message });
    return error;
  };

  async function* goOn(
    body: AsyncIterable<Uint8Array>,
    mirror: string,
    others: readonly string[],
    target: Target,
    asked: HttpRequestOptions,
  ): AsyncGenerator<Uint8Array> {
    let received = asked.range?.start ?? 0;
    try {
      for await (const chunk of body) {
        received += chunk.length;
        yield chunk;
      }
    } catch (error) {
      if (!(error instanceof TcondaError) || error.code !== 'HTTP_FAILED') throw error;
      health.note(mirror, true);
      if (asked.sha256 === undefined || others.length === 0) throw error;
      options.onFailover?.({ url: mirror, reason: error.message });
      const rest = await askFrom(others, target, { ...asked, range: { ...asked.range, start: received } });
      const start = /^bytes (\d+)-/.exec(rest.headers.get('content-range') ?? '')?.[1];
      if (rest.status !== 206 || Number(start) !== received) {
        rest.dismiss();
        throw error;
      }
      yield* rest.body;
    }
  }

  const request = (url: string, asked: HttpRequestOptions = {}): Promise<HttpResponse> => {
    const prefix = prefixes.find((start) => url === start || url.startsWith(`${start}/`));
    if (prefix === undefined) return client.request(url, asked);
    const places = health.inOrder(options.mirrors.get(prefix) ?? []);
    return askFrom(places, { rest: url.slice(prefix.length), url }, asked);
  };

  return {
    request,
    get: createGet(request),
    async close() {
      await client.close();
      await health.save();
    },
  };
}

/** A file below a mirrored channel. */
interface Target {
  /** What follows the channel's base URL. */
  readonly rest: string;
  readonly url: string;
}
