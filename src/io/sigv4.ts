import { createHash, createHmac } from 'node:crypto';

import type { Secret } from '../model/secret.ts';

/** Keys of an account of Amazon, or of one that speaks alike. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  /** Of credentials that end. */
  readonly sessionToken?: Secret;
}

export interface SigV4Options {
  readonly credentials: AwsCredentials;
  readonly region: string;
  /** Default: `s3`. */
  readonly service?: string;
  readonly now: Date;
}

/**
 * The headers that sign a request without body for S3 and what speaks like it: AWS Signature Version 4, over host, date, and the
 * session token.
 * @param url its path percent-encoded as it is sent
 */
export function signRequest(
  url: URL,
  method: 'GET' | 'HEAD',
  { credentials, region, service = 's3', now }: SigV4Options,
): Readonly<Record<string, string>> {
  const time = now.toISOString().replaceAll(/[:-]|\.\d+/g, '');
  const scope = [time.slice(0, 8), region, service, 'aws4_request'];
  const headers: Record<string, string> = {
    host: url.host,
    'x-amz-content-sha256': sha256(''),
    'x-amz-date': time,
    ...(credentials.sessionToken && { 'x-amz-security-token': credentials.sessionToken.reveal() }),
  };
  const names = Object.keys(headers).toSorted();
  const request = [
    method,
    url.pathname,
    canonicalQuery(url),
    ...names.map((name) => `${name}:${headers[name] ?? ''}`),
    '',
    names.join(';'),
    sha256(''),
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(request)].join('\n');
  const key = scope.reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${credentials.secretAccessKey.reveal()}`,
  );
  const signature = createHmac('sha256', key).update(text).digest('hex');
  const { host: _, ...sent } = headers;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope.join('/')}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

/** Percent-encodes as S3 does: everything but letters, digits and `-._~`. */
export function encodeS3(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function canonicalQuery(url: URL): string {
  return [...url.searchParams]
    .map(([key, value]) => `${encodeS3(key)}=${encodeS3(value)}`)
    .toSorted()
    .join('&');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
