import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { inspect } from 'node:util';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createCredentials } from '../../src/io/auth.ts';
import { parseRattlerCredentials } from '../../src/io/credential-files.ts';
import { createHttpClient, type HttpClient } from '../../src/io/http.ts';
import { withSchemes } from '../../src/io/schemes.ts';
import { signRequest } from '../../src/io/sigv4.ts';
import { Secret } from '../../src/model/secret.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'sesame-open-up' };
const NOW = Date.UTC(2026, 4, 24, 10, 0, 0);

let server: TestServer;
let clients: HttpClient[];
beforeEach(async () => {
  clients = [];
  server = await startServer(undefined, { authorize: isSigned });
  server.put('/bucket/chan nel/noarch/a+b.json', '0123456789');
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await server.close();
});

function open(env: Record<string, string>): HttpClient {
  const base = createHttpClient({ backoffFactor: 0, maxRetries: 0 });
  const options = { credentials: createCredentials(), env, now: () => NOW };
  const client = withSchemes(base, options);
  clients.push(client);
  return client;
}

/** Checks signatures as the server side of AWS's description of version 4 says, written apart from the client's code. */
function isSigned({
  path,
  headers,
}: {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}): boolean {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/(\d{8})\/([a-z0-9-]+)\/s3\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;
  const [, day = '', region = '', names = '', signature] = pattern.exec(headers.authorization ?? '') ?? [];
  const date = String(headers['x-amz-date']);
  if (!date.startsWith(day) || !names.split(';').includes('host')) return false;
  const lines = names.split(';').map((name) => `${name}:${String(headers[name])}\n`);
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const canonical = `GET\n${path}\n\n${lines.join('')}\n${names}\n${String(headers['x-amz-content-sha256'])}`;
  const toSign = `AWS4-HMAC-SHA256\n${date}\n${day}/${region}/s3/aws4_request\n${hash(canonical)}`;
  const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const key = mac(mac(mac(mac(`AWS4${KEYS.AWS_SECRET_ACCESS_KEY}`, day), region), 's3'), 'aws4_request');
  return mac(key, toSign).toString('hex') === signature;
}

describe('s3://', () => {
  const url = 's3://bucket/chan nel/noarch/a+b.json';

  test('is read with signed requests from the endpoint of the environment', async () => {
    const client = open({ ...KEYS, AWS_ENDPOINT_URL: server.url, AWS_REGION: 'eu-west-3' });
    const answer = await client.get(url);
    const chunks = [];
    for await (const chunk of answer.body) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('0123456789');
    expect(answer.url.startsWith('s3://bucket/')).toBe(true);
    expect(server.paths()).toEqual(['/bucket/chan%20nel/noarch/a%2Bb.json']);
    expect(server.requests[0]?.headers.authorization).toContain('/eu-west-3/s3/');
  });

  test('signs again what is resumed, and sends ranges', async () => {
    server.fail(/^\/bucket/, { kind: 'cut', after: 4 });
    const client = withSchemes(createHttpClient({ backoffFactor: 0, maxRetries: 2 }), {
      credentials: createCredentials(),
      env: { ...KEYS, AWS_ENDPOINT_URL: server.url },
      now: () => NOW,
    });
    clients.push(client);
    const chunks = [];
    for await (const chunk of (await client.get(url)).body) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('0123456789');
    expect(server.requests.map(({ status }) => status)).toEqual([200, 206]);
  });

  test('is refused with other keys, and read unsigned without', async () => {
    const wrong = { ...KEYS, AWS_SECRET_ACCESS_KEY: 'wrong', AWS_ENDPOINT_URL: server.url };
    const failure = await open(wrong)
      .get(url)
      .catch((error: unknown) => error as Error);
    expect(failure).toMatchObject({ code: 'HTTP_FAILED', data: { status_code: 401 } });
    expect((await open({ AWS_ENDPOINT_URL: server.url }).request(url)).status).toBe(401);
    expect(server.requests.at(-1)?.headers.authorization).toBeUndefined();
  });

  test('is read with the keys of a login before those of the environment', async () => {
    const S3Credentials = {
      access_key_id: KEYS.AWS_ACCESS_KEY_ID,
      secret_access_key: KEYS.AWS_SECRET_ACCESS_KEY,
    };
    const entries = parseRattlerCredentials(JSON.stringify({ 's3://bucket': { S3Credentials } }));
    const options = {
      credentials: createCredentials({ entries: entries.filter((entry) => 'credential' in entry) }),
      env: { ...KEYS, AWS_SECRET_ACCESS_KEY: 'wrong', AWS_ENDPOINT_URL: server.url },
      now: () => NOW,
    };
    const client = withSchemes(createHttpClient({ backoffFactor: 0, maxRetries: 0 }), options);
    clients.push(client);
    expect((await client.request(url)).status).toBe(200);
    expect((await client.request('s3://another/x')).status).toBe(401);
    expect(inspect(entries, { depth: 9 }) + JSON.stringify(entries)).not.toContain('sesame');
  });

  test('sends no signature to where it is redirected', async () => {
    const other = await startServer();
    other.put('/x', 'there');
    server.failAlways(/^\/bucket/, { kind: 'redirect', to: `${other.url}/x` });
    await open({ ...KEYS, AWS_SESSION_TOKEN: 'session', AWS_ENDPOINT_URL: server.url }).get(url);
    expect(server.requests[0]?.headers['x-amz-security-token']).toBe('session');
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
    expect(other.requests[0]?.headers['x-amz-security-token']).toBeUndefined();
    await other.close();
  });

  test('signs as AWS documents it for S3', () => {
    // The example "GET Bucket Lifecycle" of the S3 API reference: a query, and only the headers that are always sent.
    const headers = signRequest(new URL('https://examplebucket.s3.amazonaws.com/?lifecycle'), 'GET', {
      credentials: {
        accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
        secretAccessKey: new Secret('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'),
      },
      region: 'us-east-1',
      now: new Date('2013-05-24T00:00:00Z'),
    });
    expect(headers['authorization']).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, ' +
        'SignedHeaders=host;x-amz-content-sha256;x-amz-date, ' +
        'Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    );
  });
});
