import { describe, expect, test } from 'vitest';

import { pkg, virtualPkg } from '../helpers/pkg.ts';
import { solveNames } from '../helpers/solve.ts';

const PYTHONS = ['3.8.0', '3.9.0', '3.10.0'].map((version) => pkg(`python ${version}`));

/** What `app` brings along when it depends on `extra` under a condition. */
async function brings(condition: string, ...jobs: readonly string[]): Promise<boolean> {
  const app = pkg('app 1.0', { depends: ['python', `extra[when="${condition}"]`] });
  const world = { channels: [[app, pkg('extra 1.0'), ...PYTHONS]], virtual: [virtualPkg('__unix')] };
  return (await solveNames(world, ['install app', ...jobs])).includes('extra-1.0-0');
}

describe('a dependency under a condition', () => {
  test.each([
    ['python >=3.9', 'install python 3.9.*', true],
    ['python >=3.9', 'install python 3.8.*', false],
    ['__unix', 'install python', true],
    ['__win', 'install python', false],
    ['python >=3.9 and __unix', 'install python 3.9.*', true],
    ['python >=3.9 and __win', 'install python 3.9.*', false],
    ['python <3.9 or python >=3.10', 'install python 3.9.*', false],
    ['python <3.9 or python >=3.10', 'install python 3.10.*', true],
    ['python <3.9 or python >=3.9 and __win', 'install python 3.9.*', false],
    ['(python <3.9 or python >=3.9) and __unix', 'install python 3.9.*', true],
    [`python[version='>=3.9']`, 'install python 3.9.*', true],
    ['android', 'install python', false],
  ])('%s with %s: %s', async (condition, job, expected) => {
    expect(await brings(condition, job)).toBe(expected);
  });

  test('that can not be met decides about what the condition speaks of', async () => {
    const app = pkg('app 1.0', { depends: ['python', 'gone[when="python >=3.9"]'] });
    expect(await solveNames({ channels: [[app, ...PYTHONS]] }, ['install app'])).toEqual([
      'app-1.0-0',
      'python-3.8.0-0',
    ]);
  });

  test('whose condition can not be read keeps its record out', async () => {
    const app = pkg('app 1.0', { depends: ['extra[when="python and"]'] });
    expect(await solveNames({ channels: [[app, pkg('extra 1.0')]] }, ['install app'])).toEqual([
      "app can't be installed: it is left out: Invalid condition 'python and': a spec is missing",
    ]);
  });
});

test('a condition of more alternatives than anyone writes keeps its record out', async () => {
  const pairs = Array.from({ length: 40 }, (_, index) => `(a${index} or b${index})`);
  const app = pkg('app 1.0', { depends: [`extra[when="${pairs.join(' and ')}"]`] });
  const lines = await solveNames({ channels: [[app, pkg('extra 1.0')]] }, ['install app']);
  expect(lines.join('\n')).toMatch(/it has too many alternatives$/);
});

describe('an optional group of dependencies', () => {
  const tool = pkg('tool 1.0', { extra_depends: { test: ['pytest >=7'], doc: ['sphinx'] } });
  const world = { channels: [[tool, pkg('pytest 6.0'), pkg('pytest 7.0'), pkg('sphinx 1.0')]] };

  test.each([
    ['install tool', ['tool-1.0-0']],
    ['install tool[extras=[test]]', ['pytest-7.0-0', 'tool-1.0-0']],
    ['install tool[extras=[test,doc]]', ['pytest-7.0-0', 'sphinx-1.0-0', 'tool-1.0-0']],
    ['install tool[extras=[unknown]]', ['tool-1.0-0']],
  ])('%s', async (job, expected) => {
    expect(await solveNames(world, [job])).toEqual(expected);
  });

  test('may be asked for by a package', async () => {
    const app = pkg('app 1.0', { depends: ['tool[extras=[doc]]'] });
    const channels = [[...world.channels.flat(), app]];
    expect(await solveNames({ channels }, ['install app'])).toEqual([
      'app-1.0-0',
      'sphinx-1.0-0',
      'tool-1.0-0',
    ]);
  });

  test('may be what stands in the way', async () => {
    expect(await solveNames(world, ['install tool[extras=[test]]', 'install pytest <7'])).toEqual([
      "pytest <7 and tool[extras=[test]] can't be installed together:",
      '├─ pytest <7 is requested',
      '└─ tool[extras=[test]] is requested',
      '   └─ pytest 7.0 conflicts with pytest 6.0',
    ]);
  });
});
