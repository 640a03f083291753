import { readFileSync } from 'node:fs';

import { TcondaError } from '../errors.ts';
import { writeFileAtomic } from './atomic-file.ts';
import type { HttpClient, HttpRequestOptions, HttpResponse } from './http.ts';
import { refused } from './http-errors.ts';
import { createGet } from './http-get.ts';

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
  const health = loadHealth(options.stateFile);
  let changed = false;
  const prefixes = [...options.mirrors.keys()].toSorted((a, b) => b.length - a.length);

  const note = (mirror: string, failed: boolean): void => {
    const before = health.get(mirror);
    if (!failed && before === undefined) return;
    changed = true;
    if (!failed) health.delete(mirror);
    else {
      const failures = (before?.failures ?? 0) + 1;
      const rest = Math.min(LONGEST_REST, FIRST_REST * 2 ** (failures - 1));
      health.set(mirror, { failures, until: options.now() + rest });
    }
  };

  /** Asks one place after the other, and goes on with the next where a body breaks whose digest will be compared. */
  const askFrom = async (
    places: readonly string[],
    { rest, url }: { readonly rest: string; readonly url: string },
    asked: HttpRequestOptions,
  ): Promise<HttpResponse> => {
    let failure: TcondaError | undefined;
    for (const [index, mirror] of places.entries()) {
      const others = places.slice(index + 1);
      let response;
      try {
        response = await client.request(`${mirror}${rest}`, {
          ...asked,
          // Where there is another place, that is asked sooner than this one again.
          ...(others.length > 0 && { maxRetries: asked.sha256 === undefined ? 1 : 0 }),
        });
      } catch (error) {
        if (!(error instanceof TcondaError) || error.code !== 'HTTP_FAILED') throw error;
        failure = fail(mirror, error, others.length === 0);
        continue;
      }
      const { status } = response;
      if (status === 429 || status >= 500) {
        response.dismiss();
        failure = fail(mirror, refused(`${mirror}${rest}`, status), others.length === 0);
      } else if (status === 404 && others.length > 0) {
        response.dismiss();
      } else if (status === 404 && failure !== undefined) {
        // The one that could not answer may have it.
        response.dismiss();
      } else {
        note(mirror, false);
        const { body } = response;
        return { ...response, url, body: goOn(body, mirror, others, { rest, url }, asked) };
      }
    }
    throw failure ?? refused(url, 404);
  };

  const fail = (mirror: string, error: TcondaError, isLast: boolean): TcondaError => {
    note(mirror, true);
    if (!isLast) options.onFailover?.({ url: mirror, reason: error.message });
    return error;
  };

  async function* goOn(
    body: AsyncIterable<Uint8Array>,
    mirror: string,
    others: readonly string[],
    target: { readonly rest: string; readonly url: string },
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
      note(mirror, true);
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
    const places = inOrder(options.mirrors.get(prefix) ?? [], health, options.now());
    return askFrom(places, { rest: url.slice(prefix.length), url }, asked);
  };

  return {
    request,
    get: createGet(request),
    async close() {
      await client.close();
      if (changed && options.stateFile !== undefined) await saveHealth(options.stateFile, health);
    },
  };
}

interface Health {
  /** One after the other. */
  readonly failures: number;
  /** Milliseconds since 1970, until when the others come first. */
  readonly until: number;
}

const FIRST_REST = 60_000;
const LONGEST_REST = 3_600_000;

/** As they are listed, but those that failed lately at the end, the one that may soon come back first. */
function inOrder(
  mirrors: readonly string[],
  health: ReadonlyMap<string, Health>,
  now: number,
): readonly string[] {
  const rest = (mirror: string): number => Math.max(0, (health.get(mirror)?.until ?? 0) - now);
  return mirrors.toSorted((a, b) => rest(a) - rest(b));
}

function loadHealth(file: string | undefined): Map<string, Health> {
  const health = new Map<string, Health>();
  if (file === undefined) return health;
  try {
    const entries = Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, Partial<Health>>);
    for (const [mirror, { failures, until }] of entries) {
      if (typeof failures === 'number' && typeof until === 'number') health.set(mirror, { failures, until });
    }
  } catch {
    // Nothing is remembered, or not in a way that can be read: all are as good.
  }
  return health;
}

async function saveHealth(file: string, health: ReadonlyMap<string, Health>): Promise<void> {
  try {
    await writeFileAtomic(file, JSON.stringify(Object.fromEntries(health)));
  } catch {
    // Then the next process finds out anew.
  }
}
