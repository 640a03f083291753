import { readFileSync } from 'node:fs';
import path from 'node:path';

import { namesIn } from '../io/names-in.ts';
import type { PrefixData, PrefixRecord } from '../model/prefix-record.ts';
import { pythonLayout } from '../model/python-paths.ts';
import { findBeforeImage } from './before-image.ts';
import { isUnreadable } from './journal-file.ts';

/** A python distribution in an environment, as its own metadata has it. */
export interface PythonDistribution {
  /** As pip compares names (PEP 503): `typing-extensions`. */
  readonly name: string;
  /** As its author writes it. */
  readonly displayName: string;
  readonly version: string;
  /** Whether a conda package brought it; else pip or another tool of python did. */
  readonly isConda: boolean;
  /** Its metadata: a path within the environment, of a folder or, for the oldest kind, a file. */
  readonly metadata: string;
  /** What it needs, whatever extras are chosen: a name as pip compares it, and a version spec if there is one. */
  readonly requires: readonly { readonly name: string; readonly spec: string }[];
}

/**
 * What lies in the `site-packages` of the environment's python, sorted by name. Nothing is there without a python; what has
 * no name or version is passed over.
 */
export function findPythonDistributions(
  { prefix, records }: Pick<PrefixData, 'prefix' | 'records'>,
  subdir: string,
): readonly PythonDistribution[] {
  const python = records.find(({ name }) => name === 'python');
  if (python === undefined) return [];
  const { sitePackages } = pythonLayout(python, python.subdir === 'noarch' ? subdir : python.subdir);
  const directory = path.join(prefix, sitePackages);
  const isUnfinished = createdByUnfinished(prefix);
  const entries = namesIn(directory).filter(
    (name) => /\.(?:dist-info|egg-info)$/.test(name) && !isUnfinished(`${sitePackages}/${name}`),
  );
  if (entries.length === 0) return [];
  const isOfConda = createOwnership(records, sitePackages);
  return entries
    .flatMap((entry) => readMetadata(prefix, `${sitePackages}/${entry}`, isOfConda) ?? [])
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Whether a change that is under way, or was cut off, made what is at a path: it is not there yet. */
function createdByUnfinished(prefix: string): (file: string) => boolean {
  try {
    const before = findBeforeImage(prefix);
    return before === undefined ? () => false : (file) => before.isMade(file);
  } catch (error) {
    // Whoever loaded the records all the same means to go on.
    if (isUnreadable(error)) return () => false;
    throw error;
  }
}

/** The name as pip compares it (PEP 503). */
export function normalizeDistributionName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

type IsOfConda = (entry: string, name: string) => boolean;

/** The files of a record are read only when they must be: first those of the package of the same name. */
function createOwnership(records: readonly PrefixRecord[], sitePackages: string): IsOfConda {
  const ofPython = records.filter(
    ({ name, noarch, depends }) =>
      noarch === 'python' ||
      name === 'python' ||
      depends.some((text) => /^python(?:_abi)?(?:[\s=<>!]|$)/.test(text)),
  );
  return (entry, name) => {
    const start = `${sitePackages}/${entry}`;
    const owns = ({ files }: PrefixRecord): boolean =>
      files.some(
        (file) => file.startsWith(start) && (file.length === start.length || file[start.length] === '/'),
      );
    const namesake = ofPython.find((record) => normalizeDistributionName(record.name) === name);
    return (namesake !== undefined && owns(namesake)) || ofPython.some(owns);
  };
}

/** The files of a distribution as its RECORD lists them, as paths within the environment; none where it has no such list. */
export function listDistributionFiles(
  prefix: string,
  { metadata }: Pick<PythonDistribution, 'metadata'>,
): readonly string[] {
  const folder = path.posix.dirname(metadata);
  const lines = (readText(path.join(prefix, metadata, 'RECORD')) ?? '').split(/\r?\n/);
  return lines.flatMap((line) => {
    const [, quoted, plain = quoted?.replaceAll('""', '"')] =
      /^(?:"((?:[^"]|"")*)"|([^,]+)),/.exec(line) ?? [];
    return plain === undefined ? [] : [path.posix.normalize(`${folder}/${plain}`)];
  });
}

function readMetadata(
  prefix: string,
  metadata: string,
  isOfConda: IsOfConda,
): PythonDistribution | undefined {
  const place = path.join(prefix, metadata);
  const text = ['METADATA', 'PKG-INFO', '']
    .map((name) => readText(path.join(place, name)))
    .find((found) => found !== undefined);
  const [header = ''] = (text ?? '').split(/\r?\n\r?\n/, 1);
  const displayName = /^Name:\s*(\S.*?)\s*$/m.exec(header)?.[1];
  const version = /^Version:\s*(\S.*?)\s*$/m.exec(header)?.[1];
  if (displayName === undefined || version === undefined) return undefined;
  const name = normalizeDistributionName(displayName);
  const requires = readRequirements(header);
  // Packages are built with this, and the records need not be read for them.
  if (readText(path.join(place, 'INSTALLER'))?.trim() === 'conda') {
    return { name, displayName, version, isConda: true, metadata, requires };
  }
  const isConda = isOfConda(path.posix.basename(metadata), name);
  return { name, displayName, version, isConda, metadata, requires };
}

/** The `Requires-Dist` of a header (PEP 508); not those of an extra, which may not be wanted. */
function readRequirements(header: string): PythonDistribution['requires'] {
  return [...header.matchAll(/^Requires-Dist:\s*([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?([^;\r\n]*)(.*)$/gm)]
    .filter(([, , , marker = '']) => !/\bextra\s*==/.test(marker))
    .map(([, name = '', spec = '']) => ({
      name: normalizeDistributionName(name),
      spec: spec.replaceAll(/[\s()]/g, ''),
    }));
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
