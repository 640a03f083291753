import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';

const REQUIRED = [
  ...['name', 'version', 'build', 'build_number', 'channel', 'subdir', 'fn', 'md5', 'sha256', 'url', 'size'],
  ...[
    'depends',
    'constrains',
    'package_tarball_full_path',
    'extracted_package_dir',
    'files',
    'paths_data',
    'link',
  ],
];

interface RawPath {
  readonly _path: string;
  readonly path_type: string;
  readonly sha256?: string;
  readonly sha256_in_prefix?: string;
  readonly size_in_bytes?: number;
  readonly prefix_placeholder?: string;
}

/**
 * Reads every record of `conda-meta/` as another conda client would, compares each statement with the disk, and gives the
 * statements that are not true.
 */
export function findUntrueRecords(prefix: string): string[] {
  const meta = path.join(prefix, 'conda-meta');
  return readdirSync(meta)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => {
      const record = JSON.parse(readFileSync(path.join(meta, name), 'utf8')) as Record<string, unknown>;
      return check(prefix, name, record).map((problem) => `${name}: ${problem}`);
    });
}

function check(prefix: string, name: string, record: Record<string, unknown>): string[] {
  const problems = REQUIRED.filter((key) => !(key in record)).map((key) => `has no ${key}`);
  const stem = `${String(record['name'])}-${String(record['version'])}-${String(record['build'])}`;
  if (name !== `${stem}.json`) problems.push(`is about ${stem}`);
  if (!String(record['channel']).endsWith(`/${String(record['subdir'])}`))
    problems.push('has a channel without subdir');
  if (record['url'] !== `${String(record['channel'])}/${String(record['fn'])}`)
    problems.push('has another url');

  const directory = String(record['extracted_package_dir']);
  if (!existsSync(path.join(directory, 'info', 'index.json')))
    problems.push(`was not extracted to ${directory}`);
  const link = record['link'] as { source?: unknown; type?: unknown };
  if (link.source !== directory) problems.push('was linked from elsewhere');
  if (![1, 2, 3].includes(Number(link.type))) problems.push(`has link type ${String(link.type)}`);

  const { paths, paths_version: version } = record['paths_data'] as {
    paths: RawPath[];
    paths_version: number;
  };
  if (version !== 1) problems.push(`has paths of version ${version}`);
  const files = new Set(record['files'] as string[]);
  const listed = new Set(paths.map((entry) => entry._path));
  if (files.size !== listed.size || [...files].some((file) => !listed.has(file)))
    problems.push('lists other files');
  return [...problems, ...paths.flatMap((entry) => checkPath(prefix, entry, Number(link.type)))];
}

function checkPath(prefix: string, entry: RawPath, linkType: number): string[] {
  const file = path.join(prefix, entry._path);
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return [`${entry._path} is not there`];
  switch (entry.path_type) {
    case 'softlink':
      return stats.isSymbolicLink() ? [] : [`${entry._path} is no link but ${readType(file)}`];
    case 'directory':
      return stats.isDirectory() ? [] : [`${entry._path} is no directory`];
    case 'hardlink': {
      const bytes = readFileSync(file);
      const digest = createHash('sha256').update(bytes).digest('hex');
      const problems =
        digest === entry.sha256_in_prefix ? [] : [`${entry._path} has another digest in the prefix`];
      const isPatched = entry.prefix_placeholder !== undefined;
      if (!isPatched && digest !== entry.sha256) problems.push(`${entry._path} is not as shipped`);
      if (!isPatched && bytes.length !== entry.size_in_bytes)
        problems.push(`${entry._path} has another size`);
      if (!isPatched && linkType === 1 && stats.nlink < 2) problems.push(`${entry._path} is no hard link`);
      return problems;
    }
    case 'unix_python_entry_point':
      return (statSync(file).mode & 0o111) === 0 ? [`${entry._path} can't be run`] : [];
    case 'pyc_file':
      return [];
    default:
      return [`${entry._path} is of type ${entry.path_type}`];
  }
}

function readType(file: string): string {
  try {
    return `a link to ${readlinkSync(file)}`;
  } catch {
    return 'a file';
  }
}
