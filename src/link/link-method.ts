import { constants, copyFileSync, linkSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** How an unchanged file comes from the cache into the prefix. */
export type LinkMethod = 'hardlink' | 'reflink' | 'softlink' | 'copy';

/** What the settings say of how files come into a prefix. */
export interface LinkPreference {
  readonly alwaysCopy?: boolean;
  readonly alwaysSoftlink?: boolean;
  readonly allowSoftlinks?: boolean;
}

/**
 * Finds the best method from a cache to a prefix by trying it on `sample`, a file of the cache. `scratch` is a directory of
 * the prefix. Where copies are wanted nothing else will do, but for one that shares its blocks until somebody changes it.
 */
export function findLinkMethod(sample: string, scratch: string, preference: LinkPreference): LinkMethod {
  if (preference.alwaysSoftlink === true && preference.alwaysCopy !== true) return 'softlink';
  mkdirSync(scratch, { recursive: true });
  const probe = path.join(scratch, 'probe');
  const works = (attempt: () => void): boolean => {
    rmSync(probe, { force: true });
    try {
      attempt();
      return true;
    } catch {
      return false;
    } finally {
      rmSync(probe, { force: true });
    }
  };
  if (preference.alwaysCopy !== true && works(() => linkSync(sample, probe))) return 'hardlink';
  if (works(() => copyFileSync(sample, probe, constants.COPYFILE_FICLONE_FORCE))) return 'reflink';
  if (preference.allowSoftlinks === true && preference.alwaysCopy !== true) {
    if (works(() => symlinkSync(sample, probe))) return 'softlink';
  }
  return 'copy';
}
