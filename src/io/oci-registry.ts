import type { Secret } from '../model/secret.ts';
import type { HttpClient, HttpRequestOptions, HttpResponse } from './http.ts';
import { isLoopback, type OciPlace } from './oci-place.ts';
import { bearer, parseBearerChallenge, type BearerChallenge } from './oci-token.ts';

/**
 * Asks a registry for what lies at a path of a repository: `blobs/sha256:…`.
 * @param authorization the login that is configured for it, if any
 */
export type AskRegistry = (
  place: OciPlace,
  at: string,
  asked: HttpRequestOptions,
  authorization: Secret | undefined,
) => Promise<HttpResponse>;

/** Asks with the token that the registry wants, which it says when asked without. Tokens are kept, by repository. */
export function createRegistryClient(client: HttpClient): AskRegistry {
  const tokens = new Map<string, Secret>();
  return async (place, at, asked, authorization) => {
    const url = `${place.registry}/v2/${place.repository}/${at}`;
    const send = (login: Secret | undefined) =>
      client.request(url, {
        ...asked,
        ...(login && {
          sign: (target: URL): Record<string, string> =>
            target.origin === place.registry ? { authorization: login.reveal() } : {},
        }),
      });
    const first = await send(tokens.get(place.repository));
    if (first.status !== 401) return first;
    const challenge = first.headers.get('www-authenticate') ?? '';
    const token = parseBearerChallenge(challenge, `repository:${place.repository}:pull`);
    if (token === undefined && !/^basic\b/i.test(challenge)) return first;
    const login = token === undefined ? authorization : await fetchToken(client, token, place, authorization);
    if (login === undefined) return first;
    first.dismiss();
    tokens.set(place.repository, login);
    return send(login);
  };
}

async function fetchToken(
  client: HttpClient,
  { realm, service, scope }: BearerChallenge,
  place: OciPlace,
  authorization: Secret | undefined,
): Promise<Secret | undefined> {
  const url = new URL(realm);
  // A registry must not send us, and less still our login, through the open.
  if (url.protocol !== 'https:' && !(isLoopback(url.hostname) && place.registry.startsWith('http:'))) {
    return undefined;
  }
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', scope);
  const answer = await client.request(url.href, {
    ...(authorization && {
      sign: (target: URL): Record<string, string> =>
        target.origin === url.origin ? { authorization: authorization.reveal() } : {},
    }),
  });
  if (answer.status !== 200) {
    answer.dismiss();
    return undefined;
  }
  return bearer(await readText(answer));
}

/** What a registry answers in words, of which no more is read than there can be. */
export async function readText({ body }: HttpResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of body) {
    total += chunk.length;
    if (total > LONGEST_TEXT) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const LONGEST_TEXT = 4 * 1024 * 1024;
