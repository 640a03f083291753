import type { RepoDataRecord } from '../model/package-record.ts';
import { matchesPattern, parseStringPattern } from '../model/string-pattern.ts';
import { findDependencyName } from './dependency-name.ts';
import type { LoadRepodataOptions, RepodataQuery } from './index.ts';
import { parseRecord, type RawRecord } from './parse-record.ts';
import { preferConda } from './prefer-conda.ts';
import type { SubdirSource, SubdirTarget } from './subdir-source.ts';

/** A subdir whose records are being gathered. */
export interface OpenSubdir {
  readonly target: SubdirTarget;
  readonly source: SubdirSource;
  readonly records: RepoDataRecord[];
}

/** Wave by wave: what the records of one wave depend on are the names of the next. */
export async function gatherRecords(
  subdirs: readonly OpenSubdir[],
  query: RepodataQuery,
  options: LoadRepodataOptions,
): Promise<void> {
  const seen = new Set<string>();
  let wave = [...query.names, ...matchingNames(subdirs, query.patterns ?? [])];
  while (wave.length > 0) {
    const fresh = [...new Set(wave)].filter((name) => !seen.has(name) && !name.startsWith('__'));
    for (const name of fresh) seen.add(name);
    wave = [];
    const loaded = await Promise.all(subdirs.map(({ source }) => source.load(fresh)));
    for (const [index, raw] of loaded.entries()) {
      const subdir = subdirs[index];
      if (subdir === undefined) continue;
      for (const record of parseRecords(raw, subdir, options)) {
        if (query.isRelevant?.(record) === false) continue;
        subdir.records.push(record);
        if (query.closure === false) continue;
        for (const spec of dependenciesOf(record)) {
          const name = findDependencyName(spec);
          if (name !== undefined && !seen.has(name)) wave.push(name);
        }
      }
    }
  }
}

/**
 * With those of optional groups (CEP 44), for whom anyone may ask. What a condition (CEP 43) is about is not among them:
 * unless something else leads to it, no answer holds it, and the condition is not met.
 */
function dependenciesOf({ depends, extra_depends: extras }: RepoDataRecord): readonly string[] {
  return extras === undefined ? depends : [...depends, ...Object.values(extras).flat()];
}

function matchingNames(subdirs: readonly OpenSubdir[], patterns: readonly string[]): readonly string[] {
  const parsed = patterns.map(parseStringPattern);
  if (parsed.length === 0) return [];
  return subdirs.flatMap(({ source }) =>
    source.names.filter((name) => parsed.some((pattern) => matchesPattern(pattern, name))),
  );
}

function parseRecords(
  raw: ReadonlyMap<string, RawRecord>,
  { target, source }: OpenSubdir,
  options: LoadRepodataOptions,
): readonly RepoDataRecord[] {
  const place = {
    channel: target.channel.baseUrl,
    schannel: target.channel.canonicalName,
    subdir: target.subdir,
    baseUrl: source.baseUrl,
  };
  const records: RepoDataRecord[] = [];
  const unusable: string[] = [];
  for (const [fn, fields] of raw) {
    const record = parseRecord(fn, fields, place);
    // Names of virtual packages are not a channel's to give.
    if (record === undefined || record.name.startsWith('__')) unusable.push(fn);
    else records.push(record);
  }
  if (unusable.length > 0) {
    options.report?.({
      kind: 'warning',
      code: 'unusable-record',
      text: `${target.url}: left out ${unusable.length} records that can't be used, among them ${JSON.stringify(unusable[0])}`,
    });
  }
  const preferred = preferConda(records, options.useOnlyTarBz2 ?? false);
  return options.addPipAsPythonDependency === false ? preferred : preferred.map(withPip);
}

function withPip(record: RepoDataRecord): RepoDataRecord {
  if (record.name !== 'python' || !/^[23]\./.test(record.version)) return record;
  return { ...record, depends: [...record.depends, 'pip'] };
}
