import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { onTestFinished } from 'vitest';

import { fetchPackages, type FetchPackagesOptions } from '../../src/fetch/index.ts';
import { createHttpClient, type HttpClient } from '../../src/io/http.ts';
import type { ProgressEvent } from '../../src/model/event.ts';
import type { CachedArchive } from '../../src/model/package-files.ts';
import { parsePackageName } from '../../src/model/package-name.ts';
import type { RepoDataRecord, Sha256 } from '../../src/model/package-record.ts';
import { digest } from '../helpers/channel.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

/** What the server has for {@link ARCHIVE}. */
export const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7) % 251));
export const ARCHIVE = 'zlib-1.3-h_0.conda';

/** A server with one package, an empty cache, and what downloads tell. */
export interface FetchScene {
  readonly directory: string;
  readonly pkgs: string;
  readonly server: TestServer;
  readonly http: HttpClient;
  readonly events: ProgressEvent[];
  /** A record of the package, with other fields or another content. */
  readonly record: (fields?: Partial<RepoDataRecord>, content?: Uint8Array) => RepoDataRecord;
  readonly fetchAll: (
    records: readonly RepoDataRecord[],
    options?: Partial<FetchPackagesOptions>,
  ) => Promise<CachedArchive[]>;
  /** A path in the cache. */
  readonly slot: (...parts: readonly string[]) => string;
}

/** To be called in a test; all is gone when it has ended. */
export async function makeFetchScene(): Promise<FetchScene> {
  const directory = await mkdtemp(path.join(tmpdir(), 'tconda-fetch-'));
  const pkgs = path.join(directory, 'pkgs');
  const server = await startServer();
  const http = createHttpClient({ backoffFactor: 0.001, readTimeout: 0.4, maxRetries: 0 });
  onTestFinished(async () => {
    await http.close();
    await server.close();
    await rm(directory, { recursive: true, force: true });
  });
  const events: ProgressEvent[] = [];
  server.put(`/ch/linux-64/${ARCHIVE}`, bytes);
  const record: FetchScene['record'] = (fields = {}, content = bytes) => {
    const { name = 'zlib', version = '1.3', build = 'h_0' } = fields;
    const fn = `${name}-${version}-${build}.conda`;
    return {
      name: parsePackageName('zlib'),
      version: '1.3',
      build: 'h_0',
      build_number: 0,
      subdir: 'linux-64',
      depends: [],
      constrains: [],
      fn,
      url: `${server.url}/ch/linux-64/${fn}`,
      channel: `${server.url}/ch`,
      schannel: 'ch',
      sha256: digest('sha256', content) as Sha256,
      size: content.length,
      ...fields,
    };
  };
  const fetchAll: FetchScene['fetchAll'] = async (records, options = {}) => {
    const all: CachedArchive[] = [];
    const report = (event: ProgressEvent) => events.push(event);
    for await (const one of fetchPackages(records, { pkgsDirs: [pkgs], http, report, ...options }))
      all.push(one);
    return all;
  };
  const slot: FetchScene['slot'] = (...parts) => path.join(pkgs, ...parts);
  return { directory, pkgs, server, http, events, record, fetchAll, slot };
}
