import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createHttpClient, type HttpClientOptions } from '../../src/io/http.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.runIf(hasOpenssl)('a server with a certificate of its own', () => {
  let directory: string;
  let cert: string;
  let key: string;
  let server: Server;
  let url: string;
  let attempts = 0;
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'tconda-tls-'));
    cert = path.join(directory, 'cert.pem');
    key = path.join(directory, 'key.pem');
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const files = ['-keyout', key, '-out', cert];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        ...files,
        ...subject,
      ],
      { stdio: 'ignore' },
    );
    const options = {
      cert: readFileSync(cert),
      key: readFileSync(key),
      requestCert: true,
      rejectUnauthorized: false,
    };
    server = createServer(options, (request, response) => {
      const name = (
        request.socket as unknown as { getPeerCertificate(): { subject?: { CN: string } } }
      ).getPeerCertificate();
      response.end(name.subject?.CN ?? 'nobody');
    });
    server.on('connection', () => {
      attempts += 1;
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(directory, { recursive: true });
  });

  async function get(options: HttpClientOptions): Promise<string> {
    const http = createHttpClient(options);
    try {
      const parts = [];
      for await (const part of (await http.get(url)).body) parts.push(part);
      return Buffer.concat(parts).toString();
    } finally {
      await http.close();
    }
  }

  test('is not trusted, and not asked twice', async () => {
    attempts = 0;
    await expect(get({})).rejects.toMatchObject({
      code: 'HTTP_FAILED',
      hint: expect.stringContaining('ssl_verify'),
    });
    await expect(get({ sslVerify: '<truststore>' })).rejects.toMatchObject({ code: 'HTTP_FAILED' });
    expect(attempts).toBe(2);
  });

  test('is trusted when its certificate is named, or nobody cares', async () => {
    expect(await get({ sslVerify: cert })).toBe('nobody');
    expect(await get({ sslVerify: directory })).toBe('nobody');
    expect(await get({ sslVerify: false })).toBe('nobody');
    expect(await get({ proxies: { env: { REQUESTS_CA_BUNDLE: cert } } })).toBe('nobody');
  });

  test('learns who we are from a client certificate', async () => {
    expect(await get({ sslVerify: cert, clientCertificate: { cert, key } })).toBe('localhost');
  });

  test('needs a file that is there', async () => {
    await expect(get({ sslVerify: '/none.pem' })).rejects.toThrow("Certificates can't be read: /none.pem");
  });
});
