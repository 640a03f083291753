import { TcondaError } from '../errors.ts';
import type { LockFile } from './parse-lock-file.ts';

/** Which of the packages of a lock file. */
export interface LockChoice {
  readonly subdir: string;
  /** Of conda-lock, besides `main`. */
  readonly categories?: readonly string[];
  /** Of pixi; `default` unless told. */
  readonly environment?: string;
}

/**
 * The archives that a lock file names for a platform, as lines of an explicit list (CEP 23).
 * @throws {TcondaError} `LOCK_FILE_INVALID` when the file is not for that platform or environment, or has packages that are
 *   no archives of conda: nothing is left out silently
 */
export function lockedArchives(lock: LockFile, choice: LockChoice): readonly string[] {
  switch (lock.kind) {
    case 'conda-lock': {
      const categories = ['main', ...(choice.categories ?? [])];
      const ofPlatform = lock.packages.filter(({ platform }) => platform === choice.subdir);
      if (ofPlatform.length === 0 && !lock.platforms.includes(choice.subdir)) throw notFor(choice.subdir);
      const chosen = ofPlatform.filter(({ category }) => categories.includes(category));
      refuseOthers(chosen.filter(({ manager }) => manager !== 'conda').map(({ name }) => name));
      return chosen.map(({ url, md5, sha256 }) => formatLine(url, md5, sha256));
    }
    case 'pixi-lock': {
      const environment = lock.environments.get(choice.environment ?? 'default');
      const platform = [...(environment?.subdirs ?? [])].find(([, subdir]) => subdir === choice.subdir)?.[0];
      if (environment === undefined || platform === undefined) throw notFor(choice.subdir);
      const packages = environment.packages.get(platform) ?? [];
      refuseOthers(
        packages
          .filter(({ kind, location }) => kind !== 'conda' || !/\.(?:conda|tar\.bz2)$/.test(location))
          .map(({ location }) => location),
      );
      return packages.map(({ location, md5, sha256 }) => formatLine(location, md5, sha256));
    }
    case 'mamba-lock':
      if (lock.platform !== choice.subdir) throw notFor(choice.subdir);
      refuseOthers(lock.pip);
      return lock.packages.map(({ channel, channelUrl, subdir, fn, md5, sha256 }) => {
        if (channelUrl === undefined) {
          throw new TcondaError(
            'LOCK_FILE_INVALID',
            `The lock file does not say where the channel ${channel} is`,
          );
        }
        return formatLine(`${channelUrl}/${subdir}/${fn}`, md5, sha256);
      });
  }
}

function notFor(subdir: string): TcondaError {
  return new TcondaError('LOCK_FILE_INVALID', `The lock file has no packages for ${subdir}`);
}

function refuseOthers(names: readonly string[]): void {
  if (names.length === 0) return;
  throw new TcondaError(
    'LOCK_FILE_INVALID',
    `The lock file has packages that are no archives of conda: ${names.join(', ')}`,
  );
}

function formatLine(url: string, md5: string | undefined, sha256: string | undefined): string {
  const digest = sha256 ?? md5;
  return digest === undefined ? url : `${url}#${digest}`;
}
