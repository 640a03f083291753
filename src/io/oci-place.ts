/** Where a channel's file lies in an OCI registry, as mamba and rattler put it there. */
export interface OciPlace {
  /** `https://ghcr.io`; `http:` for a registry on this machine. */
  readonly registry: string;
  /** `channel-mirrors/conda-forge/linux-64/zlib` */
  readonly repository: string;
  /** `1.3-h4ab18f5_1` */
  readonly tag: string;
  /** Of the layer that is the file; the first that is there counts. */
  readonly layers: readonly { readonly mediaType: string; readonly isGzip?: true }[];
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
  const form = /^repodata\.json(\.zst|\.bz2)?$/.exec(file);
  if (form !== null) {
    const repository = `${folder}/repodata.json`;
    return { registry, repository, tag: 'latest', layers: LAYERS[form[1] ?? ''] ?? [] };
  }
  const [, name, version, build, extension] = /^(.+)-([^-]+)-([^-]+)\.(conda|tar\.bz2)$/.exec(file) ?? [];
  if (name === undefined || version === undefined || build === undefined) return undefined;
  return {
    registry,
    repository: `${folder}/${name.startsWith('_') ? `zzz${name}` : name}`,
    tag: encodeTag(`${version}-${build}`),
    layers: [{ mediaType: `application/vnd.conda.package.v${extension === 'conda' ? 2 : 1}` }],
  };
}

const INDEX = 'application/vnd.conda.repodata.v1+json';
/** By what the index's name ends in. What rattler-index and conda-oci-mirror push packed with gzip stands for the plain one. */
const LAYERS: Readonly<Record<string, OciPlace['layers']>> = {
  '': [{ mediaType: INDEX }, { mediaType: `${INDEX}+gzip`, isGzip: true }],
  '.zst': [{ mediaType: `${INDEX}+zst` }],
  '.bz2': [{ mediaType: `${INDEX}+bz2` }],
};

/** A tag has letters, digits, `_`, `.` and `-` only. */
function encodeTag(text: string): string {
  return text.replaceAll('+', '__p__').replaceAll('!', '__e__').replaceAll('=', '__eq__');
}

/** A registry here speaks plain HTTP, as container tools assume, too. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}
