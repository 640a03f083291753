import { expect, test } from 'vitest';

import { canAsk, decideUnasked } from '../../src/cli/unasked.ts';
import { currentHost } from '../../src/host/index.ts';

test.each([
  [true, true, true, true],
  [true, false, true, true],
  [true, true, false, true],
  [true, false, false, false],
  [false, true, true, false],
])('input %j, output %j and errors %j on a terminal', (input, output, errors, isThere) => {
  expect(canAsk({ ...currentHost(), terminal: { input, output, errors } })).toBe(isThere);
});

const QUESTION = { message: 'Proceed', otherwise: true };

test.each([
  ['yes', false, true],
  ['yes', true, true],
  ['no', false, false],
  ['no', true, false],
  [{ act: 'Removing a' }, true, true],
] as const)('%j is, with --json %j, answered with %j', (unasked, isJson, answer) => {
  expect(decideUnasked({ ...QUESTION, unasked }, isJson)).toBe(answer);
});

test('what takes something away waits for a yes', () => {
  expect(() => decideUnasked({ ...QUESTION, unasked: { act: 'Removing packages of /e' } }, false)).toThrow(
    expect.objectContaining({
      code: 'CONFIRMATION_NEEDED',
      message: 'Removing packages of /e needs a yes, and there is no terminal to ask on',
    }),
  );
});
