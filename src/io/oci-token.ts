import { Secret } from '../model/secret.ts';

/** Where a registry wants a token to be fetched, and for what. */
export interface BearerChallenge {
  readonly realm: string;
  readonly service: string | undefined;
  readonly scope: string;
}

/** Reads `WWW-Authenticate: Bearer realm="…",service="…",scope="…"`; undefined when it is of another kind. */
export function parseBearerChallenge(header: string, scope: string): BearerChallenge | undefined {
  if (!/^bearer\s/i.test(header)) return undefined;
  const fields = new Map(
    [...header.matchAll(/([a-z]+)\s*=\s*(?:"([^"]*)"|([^\s,]+))/gi)].map(([, key = '', quoted, bare]) => [
      key.toLowerCase(),
      quoted ?? bare ?? '',
    ]),
  );
  const realm = fields.get('realm');
  if (realm === undefined || !URL.canParse(realm)) return undefined;
  return { realm, service: fields.get('service'), scope: fields.get('scope') ?? scope };
}

/** The header that the answer of a token server gives; undefined when there is no token in it. */
export function bearer(text: string): Secret | undefined {
  try {
    const answer = JSON.parse(text) as { token?: unknown; access_token?: unknown } | null;
    const token = answer?.token ?? answer?.access_token;
    return typeof token === 'string' && token !== '' ? new Secret(`Bearer ${token}`) : undefined;
  } catch {
    return undefined;
  }
}
