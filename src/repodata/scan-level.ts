import type { RangeKind } from './repodata-index.ts';

/** The object we are in. Of `records` every member is a record. */
export interface Level {
  readonly kind: 'top' | 'v3' | 'records';
  readonly range: RangeKind;
}

export const TOP: Level = { kind: 'top', range: 'v1' };

/** The level of the object that `key` names in `level`; undefined when it is of no interest. */
export function levelOf(level: Level, key: string): Level | undefined {
  if (level.kind === 'v3') {
    if (key === 'conda') return { kind: 'records', range: 'v3-conda' };
    return key === 'tar.bz2' ? { kind: 'records', range: 'v3-tar.bz2' } : undefined;
  }
  if (key === 'packages' || key === 'packages.conda') return { kind: 'records', range: 'v1' };
  return key === 'v3' ? { kind: 'v3', range: 'v1' } : undefined;
}
