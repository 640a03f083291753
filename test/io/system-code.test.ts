import { expect, test } from 'vitest';

import { exitCodeOf, errorToText } from '../../src/cli/exit.ts';
import { saysFull, systemCode } from '../../src/io/system-code.ts';

/** What Node throws where a quota is used up. */
const quota = Object.assign(
  new Error("Unknown system error -122: Unknown system error -122, copyfile 'a' -> 'b'"),
  {
    code: 'Unknown system error -122',
    errno: -122,
    syscall: 'copyfile',
  },
);

test.each([
  [quota, 'EDQUOT'],
  [Object.assign(new Error('x'), { code: 'Unknown system error -69' }), 'EDQUOT'],
  [Object.assign(new Error('x'), { code: 'Unknown system error -1220' }), 'Unknown system error -1220'],
  [Object.assign(new Error('x'), { code: 'ENOSPC' }), 'ENOSPC'],
  [new Error('x'), undefined],
  ['x', undefined],
])('the name of %s', (error, name) => {
  expect(systemCode(error)).toBe(name);
});

test('a quota that is used up is a full disk, also where only the message is known', () => {
  expect(saysFull(quota.message)).toBe(true);
  expect(saysFull('ENOSPC: no space left on device, write')).toBe(true);
  expect(saysFull('EIO: i/o error, write')).toBe(false);
  for (const error of [quota, new Error(quota.message)]) {
    expect(errorToText(error, 0)).toMatch(/^\nNoSpaceLeftError: /);
    expect(exitCodeOf(error)).toBe(1);
  }
});
