import { setTimeout as sleep } from 'node:timers/promises';

import { TcondaError } from '../errors.ts';
import type { Credentials } from './auth.ts';
import type { Connections } from './http-connections.ts';
import {
  describeProblem,
  isCertificateProblem,
  isConnectionProblem,
  isOutOfReach,
  unreachable,
} from './http-errors.ts';
import { pauseBefore } from './http-pauses.ts';
import { type Answer, discard, sendRequest } from './http-send.ts';
import { stripUrl } from './url-secrets.ts';

export interface AttemptOptions {
  readonly connections: Connections;
  readonly credentials: Credentials;
  /** Seconds before the first repetition, doubled with each. */
  readonly backoffFactor: number;
  /** Called before each repetition. `url` is free of credentials. */
  readonly onRetry?: (retry: {
    readonly url: string;
    readonly reason: string;
    readonly wait: number;
  }) => void;
}

/** What is asked for, in every attempt. */
export interface Asked {
  /** May hold credentials. */
  readonly url: URL;
  /** The same as it was given, for messages. */
  readonly text: string;
  readonly method: 'GET' | 'HEAD';
  readonly sign: ((url: URL, method: 'GET' | 'HEAD') => Readonly<Record<string, string>>) | undefined;
  /** How often a failed attempt is repeated. */
  readonly retries: number;
  readonly signal: AbortSignal | undefined;
}

/** The attempts at one request, which have one count of failures. */
export interface Attempts {
  /**
   * Sends the request, again as long as there is hope that it helps.
   * @throws {TcondaError} `HTTP_FAILED`: nobody answers
   */
  send(headers: ReadonlyMap<string, string>): Promise<Answer>;
  /** Waits before the next attempt; false when there shall be none. */
  wait(reason: string): Promise<boolean>;
}

/** Begins requests. A host that is not there for one of them is not asked for the next ones for a while. */
export function createAttempts(options: AttemptOptions): (asked: Asked) => Attempts {
  const hosts: Hosts = { outOfReach: new Map(), secondTries: new Set() };
  return (asked) => {
    const { text, retries, signal } = asked;
    const seen: Seen = { refusals: 0 };
    let failures = 0;
    const wait = async (reason: string, retryAfter?: string, quiet = false): Promise<boolean> => {
      if (failures >= retries || signal?.aborted === true) return false;
      const pause = pauseBefore(failures++, options.backoffFactor, retryAfter);
      if (!quiet) options.onRetry?.({ url: stripUrl(text), reason, wait: pause });
      await sleep(pause * 1000, undefined, signal && { signal });
      return true;
    };
    const send = async (headers: ReadonlyMap<string, string>): Promise<Answer> => {
      for (;;) {
        const { answer, failure } = await sendOnce(asked, headers, options, hosts);
        if (answer !== undefined && !RETRIED.has(answer.status)) return answer;
        const quiet = answer === undefined && noteRefusal(asked, failure, seen, hosts);
        const reason = answer === undefined ? describeProblem(failure) : `HTTP ${answer.status}`;
        if (await wait(reason, answer?.headers.get('retry-after'), quiet)) {
          if (answer !== undefined) discard(answer);
        } else if (answer === undefined) {
          throw unreachable(text, failure);
        } else {
          return answer;
        }
      }
    };
    return { send, wait };
  };
}

const RETRIED: ReadonlySet<number> = new Set([413, 429, 500, 502, 503, 504]);

/** What is known of hosts, by origin. */
interface Hosts {
  /** Not to be asked until then, in milliseconds since 1970. */
  readonly outOfReach: Map<string, { readonly failure: unknown; readonly until: number }>;
  /** Those of which somebody was told that they are tried again. */
  readonly secondTries: Set<string>;
}

/** Milliseconds for which a host that is not there is not looked for again. */
const OUT_OF_REACH = 10_000;

/** An answer, or why the connection failed. */
async function sendOnce(
  { url, text, method, sign, signal }: Asked,
  headers: ReadonlyMap<string, string>,
  { connections, credentials }: AttemptOptions,
  { outOfReach }: Hosts,
): Promise<{ readonly answer?: Answer; readonly failure?: unknown }> {
  const known = outOfReach.get(url.origin);
  if (known !== undefined && Date.now() < known.until) throw unreachable(text, known.failure);
  try {
    return { answer: await sendRequest(url, headers, method, { connections, credentials, signal, sign }) };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof TcondaError || !isConnectionProblem(error)) throw error;
    if (isCertificateProblem(error)) throw unreachable(text, error);
    return { failure: error };
  }
}

interface Seen {
  /** How often the host was not there. */
  refusals: number;
}

/**
 * A host that is not there is tried once more, and then given up.
 * @returns whether somebody was told of it already
 */
function noteRefusal({ url, text }: Asked, failure: unknown, seen: Seen, hosts: Hosts): boolean {
  if (!isOutOfReach(failure)) return false;
  seen.refusals += 1;
  if (seen.refusals > 1) {
    // Nor will it be there for what else is wanted of it.
    hosts.outOfReach.set(url.origin, { failure, until: Date.now() + OUT_OF_REACH });
    throw unreachable(text, failure);
  }
  const isKnown = hosts.secondTries.has(url.origin);
  hosts.secondTries.add(url.origin);
  return isKnown;
}
