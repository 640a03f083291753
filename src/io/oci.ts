import type { HttpClient, HttpRequestOptions } from './http.ts';
import { unpackBody } from './http-body.ts';
import { findOciPlace, type OciPlace } from './oci-place.ts';
import { createRegistryClient, readText } from './oci-registry.ts';
import { emptyAnswer, type SchemeHandler, type SchemeOptions } from './schemes.ts';
import { stripUrl } from './url-secrets.ts';

/**
 * Reads channels out of an OCI registry: `oci://ghcr.io/channel-mirrors/conda-forge`. A file whose digest is known is one request for a
 * blob; of others the manifest is asked first. Tokens are fetched anonymously, or with the login that is configured for the registry.
 */
export function createOciHandler(client: HttpClient, { credentials }: SchemeOptions): SchemeHandler {
  const ask = createRegistryClient(client);

  return async (url, asked) => {
    const place = findOciPlace(url);
    const shown = stripUrl(url.href);
    if (place === undefined) return emptyAnswer(404, shown);
    // A login may name the registry as the host it is, too.
    const authorization =
      credentials.authorize(url).authorization ??
      credentials.authorize(new URL(url.pathname, place.registry)).authorization;
    const { sha256, ...others } = asked;
    if (sha256 !== undefined) {
      const blob = await ask(place, `blobs/sha256:${sha256}`, others, authorization);
      if (blob.status !== 404) return { ...blob, url: shown };
      blob.dismiss();
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
    // Blobs never change, so what names one says whether the asker has it.
    const etag = `"${layer.digest}"`;
    if (asked.headers?.['if-none-match'] === etag)
      return { ...emptyAnswer(304, shown), headers: new Map([['etag', etag]]) };
    const blob = await ask(
      place,
      `blobs/${layer.digest}`,
      { ...others, headers: withoutConditions(asked.headers) },
      authorization,
    );
    const headers = new Map([...blob.headers, ['etag', etag]]);
    if (!layer.isGzip || blob.status !== 200) return { ...blob, url: shown, headers };
    headers.delete('content-length');
    return { ...blob, url: shown, headers, body: unpackBody(blob.body, 'gzip') };
  };
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

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
