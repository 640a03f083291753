import type { RepoDataRecord } from '../model/package-record.ts';

/**
 * A whole record in conda's keys and order, as `actions.FETCH` shows it.
 * @param isSearch `search --json` names the architecture also where none is given
 */
export function recordToJson(record: RepoDataRecord, isSearch = false): Record<string, unknown> {
  const json: Record<string, unknown> = {
    name: record.name,
    version: record.version,
    build: record.build,
    build_number: record.build_number,
    channel: `${record.channel}/${record.subdir}`,
    subdir: record.subdir,
    fn: record.fn,
    md5: record.md5,
    legacy_bz2_md5: record.legacy_bz2_md5,
    legacy_bz2_size: record.legacy_bz2_size,
    url: record.url,
    sha256: record.sha256,
    arch: record.arch ?? (isSearch ? null : undefined),
    platform: record.platform ?? (isSearch ? null : undefined),
    depends: record.depends,
    constrains: record.constrains,
    extra_depends: record.extra_depends,
    flags: record.flags,
    track_features: record.track_features?.join(' '),
    features: record.features,
    noarch: record.noarch,
    python_site_packages_path: record.python_site_packages_path,
    license: record.license,
    license_family: record.license_family,
    package_type: record.noarch === undefined ? undefined : `noarch_${record.noarch}`,
    timestamp: record.timestamp,
    size: record.size,
  };
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined));
}
