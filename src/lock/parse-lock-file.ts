import { TcondaError } from '../errors.ts';
import { type CondaLock, readCondaLock } from './conda-lock.ts';
import { createFieldReader, type Fields } from './fields.ts';
import { type MambaLock, readMambaLock } from './mamba-lock.ts';
import { type PixiLock, readPixiLock } from './pixi-lock.ts';

/** A list of exact packages for several platforms, of whichever tool. */
export type LockFile = CondaLock | PixiLock | MambaLock;

/** Whether a text is a lock file and not an environment file: both are YAML. */
export function isLockFile(text: string): boolean {
  return (
    /^(?:package|metadata|environments)\s*:|^\s*"lockVersion"\s*:/m.test(text) &&
    !/^dependencies\s*:/m.test(text)
  );
}

/**
 * Reads the lock files of conda-lock (CEP 37), pixi (versions 4 to 7) and mambajs.
 *
 * @param name of the file, for messages
 * @throws {TcondaError} `LOCK_FILE_INVALID`, also for a version that is not known
 */
export async function parseLockFile(text: string, name = 'the lock file'): Promise<LockFile> {
  const fail = (reason: string, cause?: unknown): TcondaError =>
    new TcondaError('LOCK_FILE_INVALID', `${name} is no lock file: ${reason}`, { cause });
  const data = await readData(text, fail);
  const reader = createFieldReader(fail);
  if ('lockVersion' in data) return readMambaLock(data, reader);
  return 'environments' in data ? readPixiLock(data, reader) : readCondaLock(data, reader);
}

async function readData(
  text: string,
  fail: (reason: string, cause?: unknown) => TcondaError,
): Promise<Fields> {
  let data: unknown;
  if (/^\s*\{/.test(text)) {
    try {
      data = JSON.parse(text);
    } catch (cause) {
      throw fail('it is no JSON', cause);
    }
  } else {
    const { yaml } = await import('./yaml.ts');
    const document = yaml.parseDocument(text, { logLevel: 'silent' });
    const [error] = document.errors;
    if (error !== undefined) throw fail(error.message.split('\n', 1)[0] ?? 'it is no YAML', error);
    data = document.toJS();
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) throw fail('it holds no keys');
  return data as Fields;
}
