import { expect, test } from 'vitest';

import { errorToJson, errorToText, exitCodeOf } from '../../src/cli/exit.ts';
import { formatJson } from '../../src/cli/output.ts';
import { formatQuestion, parseAnswer } from '../../src/cli/prompt.ts';
import { TcondaError } from '../../src/errors.ts';

const missing = new TcondaError('PACKAGES_NOT_FOUND', 'nump is in none of the channels', {
  data: { packages: ['nump'] },
});

test('a failure in conda’s keys', () => {
  expect(exitCodeOf(missing)).toBe(1);
  expect(errorToJson(missing)).toMatchInlineSnapshot(`
    {
      "caused_by": "None",
      "code": "PACKAGES_NOT_FOUND",
      "error": "PackagesNotFoundInChannelsError: nump is in none of the channels",
      "exception_name": "PackagesNotFoundInChannelsError",
      "exception_type": "<class 'conda.exceptions.PackagesNotFoundInChannelsError'>",
      "hint": "Check the spelling, or add a channel: -c <channel>",
      "message": "nump is in none of the channels",
      "packages": [
        "nump",
      ],
      "success": false,
    }
  `);
});

test.each([
  [new TcondaError('USAGE', 'x'), 'conda.exceptions.ArgumentError'],
  [new TcondaError('INVALID_ARCHIVE', 'x'), 'conda.exceptions.InvalidArchiveError'],
  [new TcondaError('SHELL_UNKNOWN', 'x'), 'conda.CondaError'],
  [new TcondaError('UNSATISFIABLE', 'x'), 'conda_libmamba_solver.exceptions.LibMambaUnsatisfiableError'],
  [new TcondaError('CONFIG_TYPE', 'x'), 'conda.common.configuration.InvalidTypeError'],
  [AbortSignal.abort().reason, 'KeyboardInterrupt'],
])('%s has the class that it has in conda', (error, name) => {
  expect(errorToJson(error)['exception_type']).toBe(`<class '${name}'>`);
});

test('a failure for a person', () => {
  expect(errorToText(missing, 0)).toMatchInlineSnapshot(`
    "
    PackagesNotFoundInChannelsError: nump is in none of the channels

    Check the spelling, or add a channel: -c <channel>

    "
  `);
  const cause = new TcondaError('HTTP_FAILED', 'no answer', { cause: new Error('ECONNREFUSED') });
  expect(errorToText(cause, 0)).toBe('\nCondaHTTPError: no answer\ncaused by: ECONNREFUSED\n\n');
});

test('usage is 2, an interruption 130, a bug 1 with its stack', () => {
  expect(exitCodeOf(new TcondaError('USAGE', 'x'))).toBe(2);
  expect(exitCodeOf(AbortSignal.abort().reason)).toBe(130);
  expect(exitCodeOf(new Error('boom'))).toBe(1);
  expect(errorToText(new Error('boom'), 0)).toMatch(/^\nUnexpectedError: boom\n\nError: boom\n\s+at /);
});

test('JSON is ASCII', () => {
  expect(formatJson({ a: 'ü└😀' })).toBe('{\n  "a": "\\u00fc\\u2514\\ud83d\\ude00"\n}');
});

test.each([
  ['', true, true],
  ['', false, false],
  [undefined, false, false],
  [' YES ', false, true],
  ['n', true, false],
  ['perhaps', true, undefined],
])('the answer %j', (text, otherwise, meaning) => expect(parseAnswer(text, otherwise)).toBe(meaning));

test('the default stands in brackets', () => {
  expect(formatQuestion({ message: 'Proceed', otherwise: true, unasked: 'yes' })).toBe('Proceed ([y]/n)? ');
  expect(formatQuestion({ message: 'Sure', otherwise: false, unasked: 'no' })).toBe('Sure (y/[n])? ');
});

test('nothing that a message quotes can control the terminal', () => {
  const error = new TcondaError('INVALID_VALUE', 'a\u001b[2Jb\r\nc', { hint: 'd\u0007' });
  expect(errorToText(error, 0)).toBe('\nCondaValueError: a\\u001b[2Jb\\r\nc\n\nd\\u0007\n\n');
});
