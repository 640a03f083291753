import { rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { CREATED, type Effect, filesOf, FROZEN, names, type Scene, type Seen, textOf } from './effect.ts';

/** Options of commands that look after environments, and of what stands around them. */
export function mendingEffects({ prefix }: Scene): readonly Effect[] {
  const breakOne = (place: { readonly prefix: string }): void => {
    const [file = ''] = filesOf(place.prefix);
    rmSync(file);
  };
  const isWhole = (seen: Seen): boolean => filesOf(seen.prefix).length === filesOf(prefix('filed')).length;
  const stray = (place: { readonly prefix: string }): void =>
    writeFileSync(path.join(place.prefix, 'stray.txt'), '');
  const hasStray = (seen: Seen): boolean =>
    statSync(path.join(seen.prefix, 'stray.txt'), { throwIfNoEntry: false }) !== undefined;
  return [
    {
      option: '--fix',
      commands: { doctor: ['-n', '$NEW'] },
      before: CREATED,
      prepare: breakOne,
      shows: isWhole,
    },
    {
      option: '--override-frozen',
      commands: { doctor: ['-n', '$NEW', '--fix'] },
      before: FROZEN,
      prepare: breakOne,
      shows: isWhole,
    },
    {
      option: '--reset',
      commands: { package: ['-n', '$NEW', '-y'] },
      before: CREATED,
      prepare: stray,
      without: ['--untracked'],
      shows: (seen) => !hasStray(seen),
    },
    {
      option: '--untracked',
      commands: { package: ['-n', '$NEW'] },
      before: CREATED,
      prepare: stray,
      shows: names('stray.txt'),
    },
    {
      option: '--which',
      commands: { package: ['-n', 'env'] },
      given: ['--which', path.join(prefix('env'), 'bin/python')],
      shows: names('::python-3.12.7'),
    },
    {
      option: '--reverse',
      commands: { init: ['bash'] },
      before: [['init', 'bash']],
      env: { HOME: '$DIR' },
      shows: (seen) => !textOf('.bashrc')(seen).includes('initialize'),
    },
    {
      option: '--condabin',
      commands: { init: ['bash'] },
      env: { HOME: '$DIR' },
      shows: (seen) =>
        textOf('.bashrc')(seen).includes('initialize') && !textOf('.bashrc')(seen).includes('profile.d'),
    },
    {
      option: '--all',
      commands: { init: ['--dry-run'] },
      env: { HOME: '$DIR' },
      shows: names('config.fish'),
    },
  ];
}
