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
    ...(['--pkg-name', '--pkg-version', '--pkg-build'] as const).map((option): Effect => ({
      option,
      commands: { package: ['-n', '$NEW', '--dry-run'] },
      before: CREATED,
      prepare: stray,
      given: [option, '7'],
      shows: ({ stdout }) => stdout.includes(PACKED[option]),
    })),
    {
      option: '--no-user',
      commands: { init: ['bash'] },
      env: { HOME: '$DIR' },
      shows: (seen) => textOf('.bashrc')(seen) === '',
    },
    {
      option: '--system',
      commands: { init: ['bash'] },
      given: ['--system', '--system-root', '$DIR/image'],
      env: { HOME: '$DIR' },
      shows: (seen) => textOf('image/etc/profile.d/tconda.sh')(seen).includes('initialize'),
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

/** The archive that the untracked file would make. */
const PACKED = {
  '--pkg-name': '7-0.0-0.tar.bz2',
  '--pkg-version': 'unknown-7-0.tar.bz2',
  '--pkg-build': 'unknown-0.0-7.tar.bz2',
} as const;
