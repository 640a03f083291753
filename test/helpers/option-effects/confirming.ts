import { statSync } from 'node:fs';
import path from 'node:path';

import { CREATED, each, type Effect, has, isGone, stands, textOf } from './effect.ts';

/** Options about whether something is done at all. */
export function confirmingEffects(): readonly Effect[] {
  return [...dryRuns(), ...confirmations()];
}

function dryRuns(): readonly Effect[] {
  return [
    {
      option: '--dry-run',
      commands: each(['create', 'env create'], '-n', '$NEW', '-y', '-q', 'links'),
      shows: isGone,
    },
    {
      option: '--dry-run',
      commands: {
        'env remove': ['-n', '$NEW', '-y'],
        rename: ['-n', '$NEW', '$NEW-renamed'],
      },
      before: CREATED,
      shows: stands,
    },
    {
      option: '--dry-run',
      commands: { remove: ['-n', '$NEW', '-y', 'links'] },
      before: CREATED,
      shows: has('links'),
    },
    {
      option: '--dry-run',
      commands: { clean: ['--packages', '-y', '--json'] },
      before: [
        ['create', '-q', '-n', '$NEW', 'ladder=1.9'],
        ['env', 'remove', '-y', '-n', '$NEW'],
      ],
      isCold: true,
      shows: ({ pkgs }) => statSync(path.join(pkgs, 'ladder-1.9-0'), { throwIfNoEntry: false }) !== undefined,
    },
    {
      option: '--dry-run',
      commands: { init: ['bash'] },
      env: { HOME: '$DIR' },
      shows: (seen) => textOf('.bashrc')(seen) === '',
    },
  ];
}

/** Without `-y` a person is asked, who says no; without a terminal nobody can be. */
function confirmations(): readonly Effect[] {
  return [
    {
      option: '--yes',
      commands: { create: ['-n', '$NEW', 'links'] },
      isTerminal: true,
      shows: has('links'),
    },
    {
      option: '--yes',
      commands: { install: ['-n', '$NEW', 'deep'] },
      before: CREATED,
      isTerminal: true,
      shows: has('deep'),
    },
    {
      option: '--yes',
      commands: { update: ['-n', '$NEW', 'ladder'] },
      before: [['create', '-q', '-n', '$NEW', 'ladder=1.9']],
      isTerminal: true,
      shows: has('ladder-2.0'),
    },
    {
      option: '--yes',
      commands: { 'env create': ['-n', '$NEW', 'deep'] },
      before: CREATED,
      shows: has('deep'),
    },
    {
      option: '--yes',
      commands: { remove: ['-n', '$NEW', 'links'] },
      before: CREATED,
      shows: (seen) => !has('links')(seen),
    },
    { option: '--yes', commands: { 'env remove': ['-n', '$NEW'] }, before: CREATED, shows: isGone },
    {
      option: '--yes',
      commands: { rename: ['-n', '$NEW', '$NEW-renamed'] },
      before: [...CREATED, ['create', '-q', '-n', '$NEW-renamed']],
      shows: isGone,
    },
    {
      option: '--yes',
      commands: { clean: ['--packages'] },
      before: [
        ['create', '-q', '-n', '$NEW', 'ladder=1.9'],
        ['env', 'remove', '-y', '-n', '$NEW'],
      ],
      isCold: true,
      shows: ({ pkgs }) => statSync(path.join(pkgs, 'ladder-1.9-0'), { throwIfNoEntry: false }) === undefined,
    },
  ];
}
