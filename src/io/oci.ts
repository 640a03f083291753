import type { Secret } from '../model/secret.ts';
import type { HttpClient, HttpRequestOptions, HttpResponse } from './http.ts';
import { unpackBody } from './http-body.ts';
import { findOciPlace, isLoopback, type OciPlace } from './oci-place.ts';
import { bearer, parseBearerChallenge, type BearerChallenge } from './oci-token.ts';
import { emptyAnswer, type SchemeHandler, type SchemeOptions } from './schemes.ts';
import { stripUrl } from './url-secrets.ts';

/**
 * Reads channels out of an OCI registry: `oci://ghcr.io/channel-mirrors/conda-forge`. A file whose digest is known is one request for a
 * blob; of others the manifest is asked first. Tokens are fetched anonymously, or with the login that is configured for the registry.
 */
export function createOciHandler(client: HttpClient, { credentials }: SchemeOptions): SchemeHandler {
  const tokens = new Map<string, Secret>();

  return async (url, asked) => {
    const place = findOciPlace(url);
    const shown = stripUrl(url.href);
    if (place === undefined) return emptyAnswer(404, shown);
    // A login may name the registry as the host it is, too.
    const authorization =
      credentials.authorize(url).authorization ??
      credentials.authorize(new URL(url.pathname, place.registry)).authorization;
    const { sha256, ...others } = asked;
    let digest = sha256 === undefined ? undefined : `sha256:${sha256}`;
    let answer: HttpResponse | undefined;
    if (digest !== undefined) {
      answer = await ask(place, `blobs/${digest}`, others, authorization);
      if (answer.status === 404) answer.dismiss();
      else return { ...answer, url: shown };
    }
    const manifest = await ask(
      place,
      `manifests/${place.tag}`,
      { headers: { accept: MANIFEST }, ...(asked.signal && { signal: asked.signal }) },
      authorization,
    );
    if (manifest.status !== 200) {
      manifest.dismiss();
      return emptyAnswer(manifest.status, shown);
    }
    const layer = findLayer(await readText(manifest), place.layers);
    if (layer === undefined) return emptyAnswer(404, shown);
    digest = layer.digest;
    // Blobs never change, so what names one says whether the asker has it.
    const etag = `"${digest}"`;
    if (asked.headers?.['if-none-match'] === etag)
      return { ...emptyAnswer(304, shown), headers: new Map([['etag', etag]]) };
    const blob = await ask(
      place,
      `blobs/${digest}`,
      { ...others, headers: withoutConditions(asked.headers) },
      authorization,
    );
    const headers = new Map([...blob.headers, ['etag', etag]]);
    if (!layer.isGzip || blob.status !== 200) return { ...blob, url: shown, headers };
    headers.delete('content-length');
    return { ...blob, url: shown, headers, body: unpackBody(blob.body, 'gzip') };
  };

  /** With the token that the registry wants, which it says when asked without. */
  async function ask(
    place: OciPlace,
    at: string,
    asked: HttpRequestOptions,
    authorization: Secret | undefined,
  ): Promise<HttpResponse> {
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
    const login = token === undefined ? authorization : await fetchToken(token, place, authorization);
    if (login === undefined) return first;
    first.dismiss();
    tokens.set(place.repository, login);
    return send(login);
  }

  async function fetchToken(
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
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const MAX_MANIFEST = 4 * 1024 * 1024;

interface Manifest {
  readonly layers?: readonly { readonly mediaType?: unknown; readonly digest?: unknown }[];
}

function findLayer(
  text: string,
  wanted: OciPlace['layers'],
): { readonly digest: string; readonly isGzip: boolean } | undefined {
  let manifest: Manifest | null;
  try {
    manifest = JSON.parse(text) as Manifest | null;
  } catch {
    return undefined;
  }
  if (!Array.isArray(manifest?.layers)) return undefined;
  for (const { mediaType, isGzip = false } of wanted) {
    const layer = manifest.layers.find((candidate) => candidate.mediaType === mediaType);
    const digest = layer?.digest;
    if (typeof digest === 'string' && /^sha256:[0-9a-f]{64}$/.test(digest)) return { digest, isGzip };
  }
  return undefined;
}

/** The condition was about the manifest's answer; the blob's is new to whoever asks. */
function withoutConditions(headers: HttpRequestOptions['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).filter(([name]) => !name.startsWith('if-')));
}

async function readText({ body }: HttpResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of body) {
    total += chunk.length;
    if (total > MAX_MANIFEST) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
