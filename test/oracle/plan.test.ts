import { expect, test } from 'vitest';

import { compareRun } from './compare.ts';
import { diffLines } from './line-diff.ts';
import { idleReasons, loadPlan, type ReplayPlan, tolerances, unexplainedLines } from './plan.ts';

const PLAN: ReplayPlan = {
  before: {},
  after: {},
  differences: [
    { reason: 'Ours is greener.', steps: ['1-a'], parts: ['stdout'], lines: ['^[-+]colour: '] },
    { reason: 'We have more.', steps: ['2-b'], keys: ['more'], isUnordered: true },
  ],
};
const recorded = (stdout: string) => ({
  id: '1-a',
  command: '',
  exitCode: 0,
  stdout,
  stderr: '',
  typed: undefined,
});
const replayed = (stdout: string) => ({ exitCode: 0, stdout, stderr: '' });

test.each([
  ['a\nb\nc', 'a\nb\nc', []],
  ['a\nb\nc', 'a\nc', ['-b']],
  ['a\nc', 'a\nb\nc', ['+b']],
  ['a', 'b', ['-a', '+b']],
])('%j to %j', (before, after, lines) => expect(diffLines(before, after)).toEqual(lines));

test('a reason covers the lines that it names, and no others', () => {
  const [difference] = compareRun(recorded('name: x\ncolour: red\n'), replayed('name: y\ncolour: green\n'));
  if (difference === undefined) throw new Error('equal');
  expect(unexplainedLines(PLAN, '1-a', difference)).toEqual(['-name: x', '+name: y']);
  expect(unexplainedLines(PLAN, '1-a', { ...difference, part: 'stderr' })).toHaveLength(4);
});

test('keys and order that say nothing', () => {
  const both = [recorded('{"a": [1, 2]}'), replayed('{"a": [2, 1], "more": 1}')] as const;
  expect(compareRun(...both)).toHaveLength(1);
  expect(compareRun(...both, tolerances(PLAN, '2-b'))).toEqual([]);
});

test('a reason that nothing needs is found', () => {
  expect(idleReasons(PLAN, new Map())).toEqual(['Ours is greener. ^[-+]colour: ', 'Ours is greener. 1-a']);
  const differences = compareRun(recorded('colour: red'), replayed('colour: green'));
  expect(idleReasons(PLAN, new Map([['1-a', differences]]))).toEqual([]);
});

test('every pattern of the plan is one', () => {
  const patterns = loadPlan().differences.flatMap(({ lines = [] }) => lines);
  expect(patterns.filter((pattern) => new RegExp(pattern).test(''))).toEqual([]);
});
