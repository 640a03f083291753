import { stripUrl } from '../io/url-secrets.ts';
import type { RepoDataRecord } from '../model/package-record.ts';

/** What is known of a package that lies in a cache. */
export type KnownPackage = Partial<Pick<RepoDataRecord, 'sha256' | 'md5' | 'size' | 'url'>>;

/**
 * Whether what lies in the cache is what is wanted. SHA-256 decides when both have it; MD5 together with size and origin; without
 * digests the URL must be the same. The `.tar.bz2` twin of a `.conda` counts as it.
 */
export function matchesRecord(known: KnownPackage, wanted: RepoDataRecord): boolean {
  if (known.sha256 !== undefined && wanted.sha256 !== undefined && known.sha256 === wanted.sha256)
    return true;
  const isTwin = wanted.legacy_bz2_md5 !== undefined && known.md5 === wanted.legacy_bz2_md5;
  if (known.sha256 !== undefined && wanted.sha256 !== undefined && !isTwin) return false;
  const size = isTwin ? (wanted.legacy_bz2_size ?? known.size) : wanted.size;
  if (known.size !== undefined && size !== undefined && known.size !== size) return false;
  if (isTwin) return isSamePlace(known.url, wanted.url, true);
  if (known.md5 !== undefined && wanted.md5 !== undefined && known.md5 !== wanted.md5) return false;
  return isSamePlace(known.url, wanted.url, false);
}

/** URLs without scheme and credentials: a mirror may be reached over http and https. */
function isSamePlace(known: string | undefined, wanted: string, anyFormat: boolean): boolean {
  if (known === undefined) return false;
  const place = (url: string): string => {
    const bare = stripUrl(url).replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
    return anyFormat ? bare.replace(/\.(?:conda|tar\.bz2)$/, '') : bare;
  };
  return place(known) === place(wanted);
}
