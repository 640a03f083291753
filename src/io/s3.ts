import { TcondaError } from '../errors.ts';
import { Secret } from '../model/secret.ts';
import type { HttpClient } from './http.ts';
import type { SchemeHandler, SchemeOptions } from './schemes.ts';
import { type AwsCredentials, encodeS3, signRequest } from './sigv4.ts';
import { stripUrl } from './url-secrets.ts';

/**
 * Reads channels out of S3 or what speaks like it: `s3://BUCKET/PATH`. Keys, region and endpoint come from the variables of AWS's own
 * tools: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_REGION` or `AWS_DEFAULT_REGION`, `AWS_ENDPOINT_URL_S3`
 * or `AWS_ENDPOINT_URL`. Keys of a login for `s3://BUCKET` come before those. Without keys the bucket is read as one that is open to all.
 */
export function createS3Handler(
  client: HttpClient,
  { credentials: logins, env, now }: SchemeOptions,
): SchemeHandler {
  const ofEnvironment = readCredentials(env);
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const endpoint = env['AWS_ENDPOINT_URL_S3'] ?? env['AWS_ENDPOINT_URL'];
  return async (url, asked) => {
    const target = new URL(findObject(url, region, endpoint));
    const { sha256: _, ...others } = asked;
    const credentials = logins.s3Keys(url) ?? ofEnvironment;
    const answer = await client.request(target.href, {
      ...others,
      ...(credentials && {
        sign: (place: URL, method: 'GET' | 'HEAD'): Readonly<Record<string, string>> =>
          place.origin === target.origin
            ? signRequest(place, method, { credentials, region, now: new Date(now()) })
            : {},
      }),
    });
    return { ...answer, url: stripUrl(url.href) };
  };
}

function readCredentials(env: SchemeOptions['env']): AwsCredentials | undefined {
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secret = env['AWS_SECRET_ACCESS_KEY'];
  const session = env['AWS_SESSION_TOKEN'];
  if (!accessKeyId || !secret) return undefined;
  return {
    accessKeyId,
    secretAccessKey: new Secret(secret),
    ...(session && { sessionToken: new Secret(session) }),
  };
}

/** An endpoint of one's own has the bucket in the path; Amazon's has it in the host, unless a certificate could not name it. */
function findObject(url: URL, region: string, endpoint: string | undefined): string {
  const bucket = url.hostname;
  const key = url.pathname
    .split('/')
    .map((part) => encodeS3(decodeURIComponent(part)))
    .join('/');
  if (endpoint !== undefined && endpoint !== '') {
    if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint)) {
      throw new TcondaError('INVALID_VALUE', 'AWS_ENDPOINT_URL is not an http or https URL');
    }
    return `${endpoint.replace(/\/+$/, '')}/${bucket}${key}`;
  }
  return bucket.includes('.')
    ? `https://s3.${region}.amazonaws.com/${bucket}${key}`
    : `https://${bucket}.s3.${region}.amazonaws.com${key}`;
}
