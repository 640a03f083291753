import { statSync } from 'node:fs';

import {
  CREATED,
  each,
  type Effect,
  filesOf,
  FROZEN,
  has,
  isGone,
  names,
  type Scene,
  type Seen,
  stands,
  textOf,
} from './effect.ts';

/** Options about what is done to environments. */
export function changingEffects({ prefix }: Scene): readonly Effect[] {
  return [
    {
      option: '--clone',
      commands: { create: ['-n', '$NEW', '-y', '-q'] },
      given: ['--clone', 'env'],
      shows: has('ladder'),
    },
    ...copying(),
    ...files(),
    ...removing(),
    {
      option: '--name',
      commands: {
        'env update': ['-f', 'links.yml', '--dry-run', '-q'],
        'env create': ['-f', 'links.yml', '--dry-run', '-q'],
        create: ['links', '--dry-run', '-q'],
      },
      given: ['-n', 'env-of-name'],
      without: ['-p', prefix('another')],
      shows: names(`environment location: ${prefix('env-of-name')}`),
    },
    {
      option: '--prefix',
      commands: { 'env create': ['-f', 'links.yml', '--dry-run', '-q'] },
      given: ['-p', prefix('other')],
      without: ['-n', 'another'],
      shows: names(`environment location: ${prefix('other')}`),
    },
    {
      option: '--subdir',
      commands: {
        'env create': ['-n', 'new', 'python', '--dry-run', '--json'],
        install: ['-n', 'empty', 'python', '--dry-run', '--json'],
        update: ['-n', 'dated', 'python', '--dry-run', '--json'],
      },
      given: ['--subdir', 'osx-arm64'],
      shows: names('"osx-arm64"'),
    },
    {
      option: '--revision',
      commands: { install: ['-n', '$NEW', '-y', '-q'] },
      before: [...CREATED, ['install', '-q', '-y', '-n', '$NEW', 'deep']],
      given: ['--revision', '0'],
      without: ['links'],
      shows: (seen) => !has('deep')(seen) && has('links')(seen),
    },
    {
      option: '--prune',
      commands: { 'env update': ['-n', '$NEW', '-f', 'links.yml', '-q'] },
      before: [['create', '-q', '-y', '-n', '$NEW', 'links', 'deep']],
      given: ['--prune', '-y'],
      without: ['-y'],
      shows: (seen) => !has('deep')(seen),
    },
    {
      option: '--offline',
      commands: { 'env update': ['-n', 'env', '-f', 'links.yml', '--dry-run', '--json'] },
      isCold: true,
      shows: ({ asked }) => asked.length === 0,
    },
  ];
}

function copying(): readonly Effect[] {
  const shows = ({ prefix }: Seen): boolean => {
    const links = filesOf(prefix).map((file) => statSync(file).nlink);
    return links.length > 0 && links.every((count) => count === 1);
  };
  return [
    { option: '--copy', commands: each(['create', 'env create'], '-n', '$NEW', '-y', '-q', 'links'), shows },
    {
      option: '--copy',
      commands: { install: ['-n', '$NEW', '-y', '-q', 'links'] },
      before: [['create', '-q', '-n', '$NEW']],
      shows,
    },
    {
      option: '--copy',
      commands: { update: ['-n', '$NEW', '-y', '-q', 'ladder'] },
      before: [['create', '-q', '-n', '$NEW', 'ladder=1.9']],
      shows,
    },
  ];
}

function files(): readonly Effect[] {
  return [
    {
      option: '--file',
      commands: {
        create: ['-n', 'new', 'deep', '--dry-run', '--json'],
        'env create': ['-n', 'new', 'deep', '--dry-run', '--json'],
        install: ['-n', 'env', 'deep', '--dry-run', '--json'],
        'env update': ['-n', 'env', '--dry-run', '--json'],
      },
      given: ['-f', 'chooser.yml'],
      shows: names('chooser-1.0'),
    },
    {
      option: '--file',
      commands: { update: ['-n', 'dated', 'ladder', '--dry-run', '--json'] },
      given: ['-f', 'python.yml'],
      shows: names('python-3.12.7'),
    },
    {
      option: '--file',
      commands: each(['export', 'env export'], '-n', 'env', '--json'),
      given: ['--file', '$DIR/environment.yml'],
      shows: (seen) => textOf('environment.yml')(seen).includes('ladder'),
    },
  ];
}

function removing(): readonly Effect[] {
  return [
    {
      option: '--all',
      commands: { remove: ['-n', '$NEW', '-y'] },
      before: CREATED,
      without: ['links'],
      shows: isGone,
    },
    {
      option: '--keep-env',
      commands: { remove: ['-n', '$NEW', '-y', '--all'] },
      before: CREATED,
      shows: (seen) => stands(seen) && !has('links')(seen),
    },
    {
      option: '--force-remove',
      commands: { remove: ['-n', '$NEW', '-y', 'links'] },
      before: [['create', '-q', '-y', '-n', '$NEW', 'meta']],
      shows: (seen) => has('meta')(seen) && !has('links')(seen),
    },
    {
      option: '--override-frozen',
      commands: { 'env remove': ['-n', '$NEW', '-y'] },
      before: FROZEN,
      shows: isGone,
    },
    {
      option: '--override-frozen',
      commands: { create: ['-n', '$NEW', '-y', 'deep'] },
      before: FROZEN,
      shows: has('deep'),
    },
  ];
}
