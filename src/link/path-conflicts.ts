import { TcondaError } from '../errors.ts';
import type { Report } from '../model/event.ts';
import type { PathConflict } from './settle-claims.ts';

/**
 * What several packages with one path lead to: nothing is said, or it is said in one sentence, or of each path, or it is an
 * error. A file of nobody that has to give way is always told of, but where nothing is.
 */
export type PathConflictMode = 'silent' | 'clobber' | 'warn' | 'prevent';

/** Tells of all conflicts of a change at once. @throws {TcondaError} `CLOBBER`, where they are to be prevented */
export function reportConflicts(
  conflicts: readonly PathConflict[],
  mode: PathConflictMode,
  report: Report,
): void {
  const [first, ...others] = conflicts;
  if (first === undefined || mode === 'silent') return;
  if (mode === 'prevent') {
    const more = others.length === 0 ? '' : `, and so it is with ${others.length} more`;
    throw new TcondaError('CLOBBER', `${describeConflict(first)}${more}`, {
      hint: ['Allow it with --clobber', ...others.slice(0, MOST_SHOWN).map(describeConflict)].join('\n'),
      data: { ...first, conflicts },
    });
  }
  const warn = (text: string): void => report({ kind: 'warning', code: 'CLOBBER', text });
  const shared = conflicts.filter(({ kind }) => kind !== 'unknown');
  const isSummed = mode === 'clobber' && shared.length > 1;
  const [example] = shared;
  if (isSummed && example !== undefined) {
    const text = `${shared.length} paths are in more than one package, such as ${example.path} in ${listOf(example.packages)}`;
    warn(`${text}; \`path_conflict: warn\` tells of each`);
  }
  for (const conflict of conflicts) {
    if (conflict.kind === 'unknown') warn(`${describeConflict(conflict)}; it is kept as ${conflict.keptAs}`);
    else if (!isSummed) warn(`${describeConflict(conflict)}; that of ${conflict.packages[0]} is used`);
  }
}

const MOST_SHOWN = 10;

function describeConflict({ path, packages, kind }: PathConflict): string {
  return kind === 'unknown'
    ? `${path} of ${listOf(packages)} is there already, and of no package`
    : `${listOf(packages)} have ${path}`;
}

function listOf(names: readonly string[]): string {
  const [last = '', ...before] = names.toReversed();
  return before.length === 0 ? last : `${before.toReversed().join(', ')} and ${last}`;
}
