import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach } from 'vitest';

import { createHttpClient, type HttpClient } from '../../src/io/http.ts';
import type { ProgressEvent } from '../../src/model/event.ts';
import type { Repodata } from '../../src/model/repodata.ts';
import { loadRepodata, type LoadRepodataOptions, type RepodataQuery } from '../../src/repodata/index.ts';
import { channelAt, raw, writeChannel } from '../helpers/channel.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

export const LINUX = [
  raw('python 3.12.1 h_0', { depends: ['zlib >=1.2', '__glibc >=2.17'] }),
  raw('numpy 1.26 py312_0', { depends: ['python >=3.12,<3.13', 'blas[version=">=1"]'] }),
  raw('zlib 1.3 h_0'),
  raw('zlib 1.3 h_0', {}, '.tar.bz2'),
  raw('unrelated 1 0'),
];
export const NOARCH = [
  raw('pip 24 pyh_0', { depends: ['python'], noarch: 'python', subdir: 'noarch' }),
  raw('blas 2 0', { noarch: true }),
];

/** What numpy leads to in the channel. */
export const CLOSURE = [
  'blas-2-0.conda',
  'numpy-1.26-py312_0.conda',
  'pip-24-pyh_0.conda',
  'python-3.12.1-h_0.conda',
  'zlib-1.3-h_0.conda',
];

/** A channel on a server, and a cache that is empty: made anew for every test. */
export class ServedChannel {
  directory = '';
  cache = '';
  /** Milliseconds since 1970, as those who load see it. */
  time = 0;
  events: ProgressEvent[] = [];
  #server: TestServer | undefined;
  #http: HttpClient | undefined;

  get server(): TestServer {
    if (this.#server === undefined) throw new Error('no test runs');
    return this.#server;
  }

  set server(server: TestServer) {
    this.#server = server;
  }

  get http(): HttpClient {
    if (this.#http === undefined) throw new Error('no test runs');
    return this.#http;
  }

  async begin(): Promise<void> {
    this.directory = await mkdtemp(path.join(tmpdir(), 'tconda-repodata-'));
    this.cache = path.join(this.directory, 'pkgs', 'cache');
    this.server = await startServer(this.served());
    this.#http = createHttpClient({ backoffFactor: 0.001, readTimeout: 0.5, maxRetries: 1 });
    this.events = [];
    this.time = 1_700_000_000_000;
    await writeChannel(this.served('ch'), { 'linux-64': LINUX, noarch: NOARCH });
  }

  async end(): Promise<void> {
    await this.http.close();
    await this.server.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** What numpy leads to, without shards, unless told otherwise. */
  load(query: Partial<RepodataQuery> = {}, options: Partial<LoadRepodataOptions> = {}): Promise<Repodata> {
    return loadRepodata(
      {
        channels: [channelAt(`${this.server.url}/ch`)],
        subdirs: ['linux-64', 'noarch'],
        names: ['numpy'],
        ...query,
      },
      {
        http: this.http,
        cacheDirs: [this.cache],
        now: () => this.time,
        useShards: false,
        report: (event) => this.events.push(event),
        ...options,
      },
    );
  }

  /** The codes of what was warned of. */
  warnings(): string[] {
    return this.events.flatMap((event) => (event.kind === 'warning' ? [event.code] : []));
  }

  /** A file below what is served. */
  served(...parts: string[]): string {
    return path.join(this.directory, 'served', ...parts);
  }
}

/** For the tests of a file. */
export function useServedChannel(): ServedChannel {
  const world = new ServedChannel();
  beforeEach(() => world.begin());
  afterEach(() => world.end());
  return world;
}

/** All records that were found, subdir by subdir. */
export function records(repodata: Repodata) {
  return repodata.subdirs.flatMap((subdir) => (subdir.kind === 'found' ? subdir.records : []));
}

/** Their file names, sorted. */
export function files(repodata: Repodata): string[] {
  return records(repodata)
    .map(({ fn }) => fn)
    .toSorted();
}
