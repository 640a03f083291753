/** Where a channel's file lies in an OCI registry, as mamba and rattler put it there. */
export interface OciPlace {
  /** `https://ghcr.io`; `http:` for a registry on this machine. */
  readonly registry: string;
  /** `channel-mirrors/conda-forge/linux-64/zlib` */
  readonly repository: string;
  /** `1.3-h4ab18f5_1` */
  readonly tag: string;
  /** Of the layer that is the file. */
  readonly mediaType: string;
}

/**
 * Translates `oci://REGISTRY/PATH/SUBDIR/FILE`. Undefined for files that a registry has no place for.
 *
 * `NAME-VERSION-BUILD.conda` becomes the repository `PATH/SUBDIR/NAME` with the tag `VERSION-BUILD`; the index becomes
 * `PATH/SUBDIR/repodata.json` with the tag `latest`, one layer for each form.
 */
export function findOciPlace(url: URL): OciPlace | undefined {
  const parts = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const file = parts.pop();
  if (file === undefined || parts.length === 0) return undefined;
  const registry = `${isLoopback(url.hostname) ? 'http' : 'https'}://${url.host}`;
  const folder = parts.join('/');
  const form = /^repodata\.json(?:\.(zst|bz2|gz))?$/.exec(file);
  if (form !== null) {
    const suffix = form[1] === undefined ? '' : `+${form[1] === 'gz' ? 'gzip' : form[1]}`;
    return {
      registry,
      repository: `${folder}/repodata.json`,
      tag: 'latest',
      mediaType: `application/vnd.conda.repodata.v1+json${suffix}`,
    };
  }
  const [, name, version, build, extension] = /^(.+)-([^-]+)-([^-]+)\.(conda|tar\.bz2)$/.exec(file) ?? [];
  if (name === undefined || version === undefined || build === undefined) return undefined;
  return {
    registry,
    repository: `${folder}/${name.startsWith('_') ? `zzz${name}` : name}`,
    tag: encodeTag(`${version}-${build}`),
    mediaType: `application/vnd.conda.package.v${extension === 'conda' ? 2 : 1}`,
  };
}

/** A tag has letters, digits, `_`, `.` and `-` only. */
function encodeTag(text: string): string {
  return text.replaceAll('+', '__p__').replaceAll('!', '__e__').replaceAll('=', '__eq__');
}

/** A registry here speaks plain HTTP, as container tools assume, too. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}
