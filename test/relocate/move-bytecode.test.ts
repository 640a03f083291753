import { spawnSync } from 'node:child_process';

import { describe, expect, test } from 'vitest';

import { moveBytecode } from '../../src/relocate/move-bytecode.ts';

const short = (type: string, text: string): Buffer =>
  Buffer.concat([Buffer.from([type.charCodeAt(0) | 0x80, text.length]), Buffer.from(text)]);
const long = (type: string, text: string): Buffer => {
  const bytes = Buffer.from(text);
  const head = Buffer.alloc(5);
  head[0] = type.charCodeAt(0);
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
};
const around = (...texts: readonly Buffer[]): Buffer =>
  Buffer.concat([Buffer.from('head\0'), ...texts, Buffer.from('\0tail')]);
const flagged = (text: Buffer): Buffer => {
  text[0] = (text[0] ?? 0) | 0x80;
  return text;
};

test.each([
  ['short ASCII', short('z', '/old/a.py'), '/newer', flagged(long('a', '/newer/a.py'))],
  ['interned', short('Z', '/old/a.py'), '/newer', flagged(long('A', '/newer/a.py'))],
  ['that are not ASCII later', short('z', '/old/a.py'), '/ü', flagged(long('u', '/ü/a.py'))],
  ['interned, not ASCII later', short('Z', '/old'), '/ü', flagged(long('t', '/ü'))],
  ['long', long('u', '/old/ü.py'), '/n', long('u', '/n/ü.py')],
  ['bytes', long('s', '/old/b'), '/newer', long('s', '/newer/b')],
] as const)('texts: %s', (_, before, to, after) => {
  expect(moveBytecode(around(before, before), '/old', to)).toEqual(around(after, after));
});

test.each([
  ['the middle of a text', long('u', 'x=/old/a')],
  ['another path', long('u', '/older/a')],
  ['a path twice', long('u', '/old/a:/old/b')],
  ['no text', Buffer.from('/old/a')],
])('not %s', (_, content) => {
  expect(moveBytecode(around(content), '/old', '/new')).toBeUndefined();
});

describe.runIf(spawnSync('python3', ['--version']).status === 0)('python', () => {
  test.each(['/tmp/of/old', '/tmp/ö/old'])('reads what was moved from %s', (from) => {
    const dump = `
import marshal, sys
sys.stdout.buffer.write(marshal.dumps(compile('def f(x="${from}/data"):\\n    return (lambda: x)', '${from}/m.py', 'exec')))`;
    const compiled = spawnSync('python3', ['-c', dump]).stdout;
    const to = '/somewhere/ünd/far longer/than before';
    const moved = moveBytecode(compiled, from, to);
    const load = `
import marshal, sys
code = marshal.loads(sys.stdin.buffer.read())
scope = {}
exec(code, scope)
sys.stdout.buffer.write('|'.join([code.co_filename, scope['f'].__code__.co_filename, scope['f']()()]).encode())`;
    const { stdout } = spawnSync('python3', ['-c', load], { input: moved });
    expect(stdout.toString()).toBe(`${to}/m.py|${to}/m.py|${to}/data`);
  });
});
