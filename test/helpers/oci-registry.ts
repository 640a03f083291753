import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Debian's package `docker-registry`; elsewhere the program may be called `registry`. */
const PROGRAM = ['docker-registry', 'registry'].find(
  (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined,
);

export const hasOciRegistry = PROGRAM !== undefined;

export interface OciRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Puts layers under a tag, as tools that fill conda channels do. */
  push(
    repository: string,
    tag: string,
    layers: readonly { readonly mediaType: string; readonly content: string | Uint8Array }[],
  ): Promise<void>;
  stop(): Promise<void>;
}

/** @param auth YAML lines of the registry's section `auth` */
export async function startOciRegistry(
  auth = '',
  headers: Readonly<Record<string, string>> = {},
): Promise<OciRegistry> {
  const directory = mkdtempSync(path.join(tmpdir(), 'tconda-registry-'));
  const host = `127.0.0.1:${await freePort()}`;
  const config = path.join(directory, 'config.yml');
  writeFileSync(
    config,
    `version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: ${directory}/data\nhttp:\n  addr: ${host}\n${auth}`,
  );
  const child = spawn(PROGRAM ?? '', ['serve', config], { stdio: 'ignore' });
  await untilUp(`http://${host}/v2/`, child);

  const upload = async (repository: string, content: Uint8Array): Promise<string> => {
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    const begun = await fetch(`http://${host}/v2/${repository}/blobs/uploads/`, { method: 'POST', headers });
    const place = new URL(begun.headers.get('location') ?? '', `http://${host}`);
    place.searchParams.set('digest', digest);
    const body = Buffer.from(content);
    const done = await fetch(place, {
      method: 'PUT',
      body,
      headers: { ...headers, 'content-type': 'application/octet-stream' },
    });
    if (done.status !== 201) throw new Error(`the registry took no blob: ${done.status}`);
    return digest;
  };

  return {
    host,
    async push(repository, tag, layers) {
      const empty = Buffer.from('{}');
      const descriptors = [];
      for (const { mediaType, content } of layers) {
        const bytes = Buffer.from(content);
        descriptors.push({ mediaType, size: bytes.length, digest: await upload(repository, bytes) });
      }
      const manifest = {
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: {
          mediaType: 'application/vnd.unknown.config.v1+json',
          size: empty.length,
          digest: await upload(repository, empty),
        },
        layers: descriptors,
      };
      const answer = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`, {
        method: 'PUT',
        body: JSON.stringify(manifest),
        headers: { ...headers, 'content-type': manifest.mediaType },
      });
      if (answer.status !== 201) throw new Error(`the registry took no manifest: ${await answer.text()}`);
    },
    async stop() {
      const ended = new Promise((resolve) => child.on('exit', resolve));
      child.kill();
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function untilUp(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the registry ended with ${child.exitCode}`);
    try {
      await fetch(url);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error('the registry does not answer');
}
