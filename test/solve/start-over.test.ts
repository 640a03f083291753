import { describe, expect, test } from 'vitest';

import type { SolveRequest } from '../../src/model/request.ts';
import { installedPkg, pkg } from '../helpers/pkg.ts';
import { requestOf, solveNames, solveWorld, type World } from '../helpers/solve.ts';

const py = (minor: string): { readonly depends: readonly string[] } => ({ depends: [`python ${minor}.*`] });

describe('under update --all', () => {
  const world: World = {
    channels: [[pkg('python 3.12'), pkg('numpy 1.0 py312_0', py('3.12'))]],
    installed: [
      installedPkg('python 3.11'),
      installedPkg('numpy 1.0 py311_0', py('3.11')),
      installedPkg('old 1.0 py311_0', py('3.11')),
    ],
  };
  const asked = requestOf(['update --all', 'update python', 'keep python', 'keep numpy']);
  const request: SolveRequest = {
    ...asked,
    requested: asked.requested.filter(({ name }) => name === 'python'),
  };
  const namesOf = async (changed: SolveRequest): Promise<readonly string[]> => {
    const answer = await solveWorld(changed, world);
    return answer.kind === 'solved' ? answer.records.map(({ name, version }) => `${name} ${version}`) : [];
  };

  test('what nobody asked for makes way for what is asked for by name', async () => {
    expect(await namesOf(request)).toEqual(['numpy 1.0', 'python 3.12']);
  });

  test('it stays where nothing is asked for by name, or nothing is known of who asked for what', async () => {
    const whole = ['numpy 1.0', 'old 1.0', 'python 3.11'];
    expect(await namesOf({ ...request, requested: [] })).toEqual(whole);
    expect(await namesOf({ ...request, jobs: request.jobs.filter(({ kind }) => kind !== 'keep') })).toEqual(
      whole,
    );
  });

  test('what was asked for before does not make way', async () => {
    const jobs = [...request.jobs, ...requestOf(['keep old']).jobs];
    expect(await namesOf({ ...request, jobs })).toEqual(['numpy 1.0', 'old 1.0', 'python 3.11']);
  });
});

describe('when python is asked for in another minor version', () => {
  const of = (name: string) => ({ channel: `https://conda.example/${name}` });
  const installed = [
    installedPkg('python 3.11', { ...of('second'), depends: ['ssl'] }),
    installedPkg('ssl 2.0', of('second')),
    installedPkg('tool 1.0', { ...of('second'), depends: ['ssl'] }),
    installedPkg('stray 1.0', of('second')),
  ];
  const second = [...installed, pkg('python 3.12', { ...of('second'), depends: ['ssl'] })];
  const first = [pkg('python 3.12', { ...of('first'), depends: ['ssl'] }), pkg('ssl 1.0', of('first'))];
  const jobs = ['update python=3.12', 'keep python', 'keep tool'];

  test('and comes from a preferred channel, all that follows is as in a new environment', async () => {
    expect(await solveNames({ channels: [first, second], installed }, jobs)).toEqual([
      'python-3.12-0',
      'ssl-1.0-0',
      'tool-1.0-0',
    ]);
  });

  test('and stays in its channel, the rest stays, too', async () => {
    const whole = ['python-3.12-0', 'ssl-2.0-0', 'stray-1.0-0', 'tool-1.0-0'];
    expect(await solveNames({ channels: [second], installed }, jobs)).toEqual(whole);
    expect(await solveNames({ channels: [first, second], installed }, [...jobs, 'freeze stray'])).toEqual(
      whole,
    );
  });
});
