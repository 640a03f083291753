import { TcondaError } from '../errors.ts';
import type { Revision } from '../record/index.ts';

/** The states that an environment has been in, oldest first. */
export async function readRevisions(prefix: string): Promise<readonly Revision[]> {
  const { parseRevisions, readHistory } = await import('../record/index.ts');
  return parseRevisions(readHistory(prefix));
}

/** @throws {TcondaError} `NO_SUCH_REVISION` */
export function findRevision(revisions: readonly Revision[], number: number): Revision {
  const found = revisions.find((revision) => revision.number === number);
  if (found !== undefined) return found;
  throw new TcondaError('NO_SUCH_REVISION', `no such revision: ${number}`, {
    hint: 'List them: tconda history',
  });
}
