import { existsSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { TcondaError } from '../errors.ts';
import { resolveBaseUrl } from './base-url.ts';
import { cacheName } from './cache-state.ts';
import type { CandidateForm } from './cached-file.ts';
import { refreshFile } from './refresh-file.ts';
import { removedOf } from './removed-files.ts';
import { receiveRepodata } from './receive-repodata.ts';
import { openRepodataFile, type RepodataFile, saveIndex } from './repodata-file.ts';
import type { RepodataIndex } from './repodata-index.ts';
import {
  cacheKey,
  freshness,
  type SubdirAnswer,
  type SubdirOptions,
  type SubdirTarget,
} from './subdir-source.ts';
import type { RawRecord } from './parse-record.ts';

/**
 * Opens the one-file index of a subdir, `repodata.json.zst`, `repodata.json` or, where there is neither, `repodata.json.bz2`: from the server, from the cache, or in place
 * when the channel is a directory.
 * @throws {TcondaError} `REPODATA_CORRUPT`, `HTTP_FAILED`
 */
export async function openMonolith(target: SubdirTarget, options: SubdirOptions): Promise<SubdirAnswer> {
  const stem = path.join(options.cacheDir, cacheName(cacheKey(target)));
  const indexFile = `${stem}.tconda-index`;
  const local = findLocalFile(target);
  if (local !== undefined) {
    const file = await openRepodataFile(local, indexFile, local);
    return { kind: 'found', source: sourceOf(file, target, false) };
  }
  const dataFile = `${stem}.json`;
  for (let attempt = 0; ; attempt += 1) {
    const answer = await refreshFile(formsOf(target, options), {
      http: options.http,
      dataFile,
      stateFile: `${stem}.info.json`,
      lockFile: `${stem}.tconda-lock`,
      ...freshness(target, options),
    });
    if (answer.kind === 'absent') return { kind: 'missing', status: answer.status };
    if (answer.kind === 'unknown') {
      options.report({
        kind: 'warning',
        code: 'no-cached-repodata',
        text: `Offline, and there is no cached index of ${target.url}`,
      });
      return { kind: 'missing', status: undefined };
    }
    if (answer.kind === 'stale') {
      options.report({
        kind: 'warning',
        code: 'stale-repodata',
        text: `Using the cached index of ${target.url}, which may be old: ${answer.error.message}`,
      });
    }
    try {
      if (answer.kind === 'new') {
        const { size, mtimeNs } = statSync(dataFile, { bigint: true });
        await saveIndex(indexFile, answer.value, { size: Number(size), mtimeNs });
      }
      const file = await openRepodataFile(dataFile, indexFile, `${target.url}/repodata.json`);
      return { kind: 'found', source: sourceOf(file, target, answer.kind !== 'new') };
    } catch (error) {
      // What is cached may have been damaged by whoever shares it. What was received just now is right.
      if (
        attempt > 0 ||
        !(error instanceof TcondaError) ||
        error.code !== 'REPODATA_CORRUPT' ||
        options.offline
      ) {
        throw error;
      }
      rmSync(dataFile, { force: true });
    }
  }
}

/** A plain index on this machine's disk is read where it is. */
function findLocalFile({ channel, url }: SubdirTarget): string | undefined {
  if (channel.scheme !== 'file') return undefined;
  const file = path.join(fileURLToPath(encodeURI(url).replaceAll('%25', '%')), 'repodata.json');
  return existsSync(file) ? file : undefined;
}

function formsOf(
  { url }: SubdirTarget,
  { useZst, maxBytes }: SubdirOptions,
): readonly CandidateForm<RepodataIndex>[] {
  const form = (
    ending: string,
    packing: 'zst' | 'bz2' | undefined,
    fact?: 'hasZst' | 'hasJson',
  ): CandidateForm<RepodataIndex> => {
    const source = `${url}/repodata.json${ending}`;
    return {
      url: source,
      ...(fact && { fact }),
      compressed: packing === undefined,
      receive: (body, descriptor) => receiveRepodata(body, descriptor, { packing, source, maxBytes }),
    };
  };
  const plain = [form('', undefined, 'hasJson'), form('.bz2', 'bz2')];
  if (!useZst) return plain;
  const mayFallBack = (error: unknown): boolean =>
    error instanceof TcondaError && (error.code === 'ZSTD_INVALID' || error.code === 'REPODATA_CORRUPT');
  return [{ ...form('.zst', 'zst', 'hasZst'), mayFallBack }, ...plain];
}

function sourceOf(
  file: RepodataFile,
  target: SubdirTarget,
  fromCache: boolean,
): Extract<SubdirAnswer, { kind: 'found' }>['source'] {
  const info = (file.field('info') ?? {}) as Readonly<Record<string, unknown>>;
  const version = file.field('repodata_version') ?? info['repodata_version'] ?? 1;
  if (typeof version !== 'number' || version > 2) {
    file.close();
    throw new TcondaError(
      'REPODATA_CORRUPT',
      `The index of ${target.url} has version ${JSON.stringify(version)}, which this tconda can't read`,
      { hint: 'Update tconda' },
    );
  }
  const base = info['base_url'];
  return {
    names: file.names,
    baseUrl: resolveBaseUrl(`${target.url}/`, typeof base === 'string' ? base : undefined),
    revisions: info['repodata_revisions'],
    fromCache,
    load: (names) => {
      const records = new Map<string, RawRecord>();
      for (const name of names) for (const [fn, record] of file.recordsOf(name)) records.set(fn, record);
      return Promise.resolve(records);
    },
    removed: (names) => removedOf(file.field('removed'), names),
    close: () => file.close(),
  };
}
