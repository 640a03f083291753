import type { PrefixPath, PrefixRecord } from '../model/prefix-record.ts';

/**
 * The text of a record in `conda-meta/`, byte for byte as conda writes it: its keys, its order, no newline at the end.
 */
export function formatPrefixRecord(record: PrefixRecord): string {
  const requested = record.requested_specs;
  const json = {
    name: record.name,
    version: record.version,
    build: record.build,
    build_number: record.build_number,
    channel: `${record.channel}/${record.subdir}`,
    subdir: record.subdir,
    fn: record.fn,
    md5: record.md5,
    url: record.url,
    sha256: record.sha256,
    arch: record.arch,
    platform: record.platform,
    depends: record.depends,
    constrains: record.constrains,
    extra_depends: record.extra_depends,
    flags: record.flags,
    track_features: record.track_features?.length === 0 ? undefined : record.track_features?.join(' '),
    features: record.features,
    noarch: record.noarch,
    python_site_packages_path: record.python_site_packages_path,
    license: record.license,
    license_family: record.license_family,
    package_type:
      record.package_type ?? (record.noarch === undefined ? undefined : `noarch_${record.noarch}`),
    timestamp: record.timestamp,
    indexed_timestamp: record.indexed_timestamp,
    size: record.size,
    requested_spec: requested.length === 0 ? undefined : requested.join(','),
    package_tarball_full_path: record.package_tarball_full_path,
    extracted_package_dir: record.extracted_package_dir,
    files: record.files,
    paths_data: {
      paths_version: record.paths_data.paths_version,
      paths: record.paths_data.paths.map(orderKeys),
    },
    link: record.link ?? { source: record.extracted_package_dir ?? '', type: 1 },
    requested_specs: requested.length === 0 ? undefined : requested,
  };
  return JSON.stringify({ ...json, ...record.unknown }, undefined, 2).replaceAll(
    // As python does: characters beyond ASCII are escaped.
    /[\x7f-\uffff]/g,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}

/** Not put together from parts: there are tens of thousands of them. */
function orderKeys(entry: PrefixPath): PrefixPath {
  const ordered: Writable<Partial<PrefixPath>> = { _path: entry._path };
  if (entry.prefix_placeholder !== undefined) ordered.prefix_placeholder = entry.prefix_placeholder;
  if (entry.file_mode !== undefined) ordered.file_mode = entry.file_mode;
  if (entry.no_link === true) ordered.no_link = true;
  ordered.path_type = entry.path_type;
  if (entry.sha256 !== undefined) ordered.sha256 = entry.sha256;
  if (entry.size_in_bytes !== undefined) ordered.size_in_bytes = entry.size_in_bytes;
  if (entry.sha256_in_prefix !== undefined) ordered.sha256_in_prefix = entry.sha256_in_prefix;
  if (entry.original_path !== undefined) ordered.original_path = entry.original_path;
  return ordered as PrefixPath;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
