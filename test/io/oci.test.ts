import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { createCredentials } from '../../src/io/auth.ts';
import { createHttpClient, type HttpClient } from '../../src/io/http.ts';
import { findOciPlace } from '../../src/io/oci-place.ts';
import { parseBearerChallenge } from '../../src/io/oci-token.ts';
import { withSchemes } from '../../src/io/schemes.ts';
import { Secret } from '../../src/model/secret.ts';
import { hasOciRegistry, type OciRegistry, startOciRegistry } from '../helpers/oci-registry.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const clients: HttpClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

function open(credentials = createCredentials()): HttpClient {
  const base = createHttpClient({ backoffFactor: 0, maxRetries: 0, credentials });
  const client = withSchemes(base, { credentials, env: {}, now: () => 0 });
  clients.push(client);
  return client;
}

async function read(client: HttpClient, url: string, asked = {}): Promise<string> {
  const chunks = [];
  for await (const chunk of (await client.get(url, asked)).body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
/** bcrypt of `sesame`: Node can't make one, and the registry takes nothing else. */
const SESAME = '$2b$05$XMnOMmsKHnjUsNZtSjEIf.gEyCHjM7uUFHA4h0auxzjL7zydfQt0.';
const CONDA = 'application/vnd.conda.package.v2';
const TAR = 'application/vnd.conda.package.v1';
const INDEX = 'application/vnd.conda.repodata.v1+json';

describe('findOciPlace', () => {
  test.each([
    ['zlib-1.3-h4_1.conda', 'c/linux-64/zlib', '1.3-h4_1', CONDA],
    ['a-b-1.0-0.tar.bz2', 'c/linux-64/a-b', '1.0-0', TAR],
    ['_libgcc_mutex-0.1-main.conda', 'c/linux-64/zzz_libgcc_mutex', '0.1-main', CONDA],
    ['x-1!2.0+3=4-0.conda', 'c/linux-64/x', '1__e__2.0__p__3__eq__4-0', CONDA],
    ['repodata.json', 'c/linux-64/repodata.json', 'latest', INDEX, `${INDEX}+gzip`],
    ['repodata.json.zst', 'c/linux-64/repodata.json', 'latest', `${INDEX}+zst`],
    ['repodata.json.bz2', 'c/linux-64/repodata.json', 'latest', `${INDEX}+bz2`],
  ])('knows where %s is', (file, repository, tag, ...mediaTypes) => {
    const url = new URL(`oci://ghcr.io/c/linux-64/${encodeURIComponent(file)}`);
    const place = findOciPlace(url);
    expect(place).toMatchObject({ registry: 'https://ghcr.io', repository, tag });
    expect(place?.layers.map(({ mediaType }) => mediaType)).toEqual(mediaTypes);
  });

  test.each(['notices.json', 'repodata_shards.msgpack.zst', 'zlib.conda', ''])(
    'has no place for %s',
    (file) => {
      expect(findOciPlace(new URL(`oci://ghcr.io/c/linux-64/${file}`))).toBeUndefined();
    },
  );
});

describe('parseBearerChallenge', () => {
  test('reads where the token is, with the scope that is meant when none is said', () => {
    const header = 'Bearer realm="https://auth.example/token",service="registry.example"';
    const challenge = { realm: 'https://auth.example/token', service: 'registry.example' };
    expect(parseBearerChallenge(header, 'repository:c:pull')).toEqual({
      ...challenge,
      scope: 'repository:c:pull',
    });
    expect(parseBearerChallenge(`${header},scope="other"`, 'x')).toEqual({ ...challenge, scope: 'other' });
    expect(parseBearerChallenge('Basic realm="x"', 'x')).toBeUndefined();
    expect(parseBearerChallenge('Bearer service="x"', 'x')).toBeUndefined();
  });
});

/** Needs Debian's `docker-registry`: a registry as others run it, not one made up here. */
describe.runIf(hasOciRegistry)('a channel in a real registry', () => {
  let registry: OciRegistry;
  let base: string;
  beforeAll(async () => {
    registry = await startOciRegistry();
    base = `oci://${registry.host}/mirrors/chan/noarch`;
    await registry.push('mirrors/chan/noarch/zzz_a', '1.0-0', [
      { mediaType: CONDA, content: 'conda package' },
      { mediaType: TAR, content: 'tar package' },
    ]);
    await registry.push('mirrors/chan/noarch/repodata.json', 'latest', [
      { mediaType: INDEX, content: '{"info":{"subdir":"noarch"}}' },
    ]);
  });
  afterAll(() => registry.stop());

  test('gives packages by their tag, and by their digest without asking what the tag is', async () => {
    const client = open();
    expect(await read(client, `${base}/_a-1.0-0.conda`)).toBe('conda package');
    expect(await read(client, `${base}/_a-1.0-0.tar.bz2`)).toBe('tar package');
    expect(await read(client, `${base}/_a-1.0-0.conda`, { sha256: sha256('conda package') })).toBe(
      'conda package',
    );
    expect(await read(client, `${base}/_a-1.0-0.conda`, { range: { start: 6 } })).toBe('package');
    // A digest that the registry does not have: the tag still says what there is, and the caller will compare.
    expect(await read(client, `${base}/_a-1.0-0.conda`, { sha256: sha256('x') })).toBe('conda package');
  });

  test('unpacks an index that is there with gzip alone', async () => {
    const text = '{"info":{"subdir":"linux-64"}}';
    const layers = [{ mediaType: `${INDEX}+gzip`, content: gzipSync(text) }];
    await registry.push('mirrors/chan/linux-64/repodata.json', 'latest', layers);
    const client = open();
    const url = `oci://${registry.host}/mirrors/chan/linux-64/repodata.json`;
    const answer = await client.get(url);
    expect(answer.headers.has('content-length')).toBe(false);
    answer.dismiss();
    expect(await read(client, url)).toBe(text);
    const condition = { 'if-none-match': answer.headers.get('etag') ?? '' };
    expect((await client.request(url, { headers: condition })).status).toBe(304);
  });

  test('gives the index, and says when it is still the same', async () => {
    const client = open();
    const first = await client.get(`${base}/repodata.json`);
    first.dismiss();
    expect(first.url).toBe(`${base}/repodata.json`);
    const etag = first.headers.get('etag') ?? '';
    const again = await client.request(`${base}/repodata.json`, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    const other = await client.request(`${base}/repodata.json`, { headers: { 'if-none-match': '"x"' } });
    expect(other.status).toBe(200);
    other.dismiss();
  });

  test('has no more than there is', async () => {
    const client = open();
    for (const file of [
      'repodata.json.zst',
      'b-1-0.conda',
      '_a-2.0-0.conda',
      'repodata_shards.msgpack.zst',
    ]) {
      expect((await client.request(`${base}/${file}`)).status).toBe(404);
    }
  });

  test('lets in who logs in', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'tconda-htpasswd-'));
    writeFileSync(path.join(directory, 'htpasswd'), `reader:${SESAME}\n`);
    const basic = `Basic ${Buffer.from('reader:sesame').toString('base64')}`;
    const auth = `auth:\n  htpasswd:\n    realm: test\n    path: ${directory}/htpasswd\n`;
    const closed = await startOciRegistry(auth, { authorization: basic });
    try {
      await closed.push('c/noarch/a', '1-0', [{ mediaType: CONDA, content: 'secret package' }]);
      const url = `oci://${closed.host}/c/noarch/a-1-0.conda`;
      expect((await open().request(url)).status).toBe(401);
      const credentials = createCredentials({
        entries: [
          {
            at: `oci://${closed.host}/c`,
            credential: { kind: 'basic', user: 'reader', password: new Secret('sesame') },
          },
        ],
      });
      expect(await read(open(credentials), url)).toBe('secret package');
    } finally {
      await closed.stop();
      rmSync(directory, { recursive: true });
    }
  });
});

describe('tokens', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.close());

  test('are fetched where the registry says, once for a repository', async () => {
    const challenged = await startServer(undefined, {
      authorize: ({ path, headers }) => path.startsWith('/token') || headers.authorization === 'Bearer good',
      headers: { 'www-authenticate': `Bearer realm="${server.url}/token",service="here"` },
    });
    server.put('/token', '{"token":"good"}');
    const digest = sha256('content');
    challenged.put(`/v2/c/noarch/a/blobs/sha256:${digest}`, 'content');
    const client = open();
    const url = `oci://${challenged.url.slice('http://'.length)}/c/noarch/a-1-0.conda`;
    expect(await read(client, url, { sha256: digest })).toBe('content');
    expect(await read(client, url, { sha256: digest })).toBe('content');
    expect(server.paths()).toEqual(['/token?service=here&scope=repository%3Ac%2Fnoarch%2Fa%3Apull']);
    expect(challenged.requests.map(({ status }) => status)).toEqual([401, 200, 200]);
    await challenged.close();
  });

  test('stay at the registry when it redirects', async () => {
    const storage = await startServer();
    const digest = sha256('content');
    storage.put('/blob', 'content');
    const registry = await startServer(undefined, {
      authorize: ({ headers }) => headers.authorization === 'Bearer good',
      headers: { 'www-authenticate': `Bearer realm="${server.url}/token"` },
    });
    registry.failAlways(/\/blobs\//, { kind: 'redirect', to: `${storage.url}/blob`, status: 307 });
    server.put('/token', '{"access_token":"good"}');
    const url = `oci://${registry.url.slice('http://'.length)}/c/noarch/a-1-0.conda`;
    expect(await read(open(), url, { sha256: digest })).toBe('content');
    expect(storage.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    await Promise.all([registry.close(), storage.close()]);
  });
});
