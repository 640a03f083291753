import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { ActivatedProgram } from '../../src/link/link-script.ts';
import type { ExtractedPackage } from '../../src/model/package-files.ts';
import { type ChangeOptions, createTestEnvironment, type TestEnvironment } from '../helpers/environment.ts';

let env: TestEnvironment;
beforeEach(() => {
  env = createTestEnvironment();
});
afterEach(() => env.dispose());

function scripted(name: string, scripts: Readonly<Record<string, string>>): ExtractedPackage {
  const files = Object.entries(scripts).map(([action, text]) => [
    `bin/.${name}-${action}.sh`,
    { content: `${text}\n`, mode: 0o755 },
  ]);
  return env.make(`${name} 1.5`, {
    build_number: 7,
    files: { ...Object.fromEntries(files), [`share/${name}`]: 'x' },
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('link scripts', () => {
  test('run with their variables, in their order, and say their messages', async () => {
    const log = path.join(env.root, 'log');
    const say = (action: string): string =>
      `echo "${action} $PKG_NAME $PKG_VERSION $PKG_BUILDNUM $PREFIX [$ROOT_PREFIX] $(ls "$PREFIX/share/a" 2>/dev/null | wc -l)" >> ${log}`;
    const a = scripted('a', {
      'pre-link': say('pre-link'),
      'post-link': `${say('post-link')}; echo hello > "$PREFIX/.messages.txt"`,
      'pre-unlink': say('pre-unlink'),
    });
    await env.change([a], { rootPrefix: '/opt/root' });
    await env.change([], { rootPrefix: '/opt/root' });
    expect(readFileSync(log, 'utf8').trim().split('\n')).toEqual(
      ['pre-link', 'post-link', 'pre-unlink'].map(
        (action) => `${action} a 1.5 7 ${env.prefix} [/opt/root] ${action === 'pre-link' ? 0 : 1}`,
      ),
    );
    expect(env.events).toContainEqual({ kind: 'message', text: 'hello' });
    // Of the three the one that runs in the cache is worth a word.
    expect(env.events.filter(({ kind }) => kind === 'warning')).toMatchObject([{ code: 'PRE_LINK_SCRIPT' }]);
    expect(env.tree()).toEqual({});
  });

  test('that fail take the change back when linking, and are a warning when unlinking', async () => {
    const good = scripted('good', {});
    await env.change([good]);
    const bad = scripted('bad', { 'post-link': 'echo broken; exit 3' });
    await expect(env.change([good, bad])).rejects.toMatchObject({
      code: 'LINK_SCRIPT_FAILED',
      hint: expect.stringContaining('broken') as string,
      data: { returncode: 3, action: 'post-link' },
    });
    expect(env.tree()).toEqual({ 'share/good': '644 x' });
    const stubborn = scripted('stubborn', { 'pre-unlink': 'exit 1' });
    await env.change([good, stubborn]);
    await env.change([good]);
    expect(env.events.at(-3)).toMatchObject({ kind: 'warning', code: 'LINK_SCRIPT_FAILED' });
    expect(env.tree()).toEqual({ 'share/good': '644 x' });
  });

  test.each([
    ['by itself', 'sleep 60'],
    ['and does not listen', 'trap "" TERM; sleep 60; sleep 60'],
    ['in the background', 'sleep 60 & wait'],
  ])('that hang %s end with the command, and so does what they started', async (_, code) => {
    const group = path.join(env.root, 'group');
    const hang = scripted('hang', { 'post-link': `echo $$ > ${group}; ${code}` });
    const stop = new AbortController();
    const changed = env.change([hang], { signal: stop.signal });
    await vi.waitUntil(() => existsSync(group) && readFileSync(group, 'utf8') !== '', 10_000);
    stop.abort(new Error('stopped'));
    await expect(changed).rejects.toThrow('stopped');
    expect(env.tree()).toEqual({});
    await vi.waitUntil(() => !isAlive(-Number(readFileSync(group, 'utf8'))), 5000);
  });

  test('that leave something in the background are not waited for', async () => {
    const pid = path.join(env.root, 'pid');
    const begin = Date.now();
    await env.change([scripted('leaves', { 'post-link': `sleep 60 & echo $! > ${pid}` })]);
    expect(Date.now() - begin).toBeLessThan(20_000);
    process.kill(Number(readFileSync(pid, 'utf8')));
  });

  test('are logged with what they printed', async () => {
    await env.change([scripted('a', { 'post-link': 'echo some words' })]);
    expect(env.events.find(({ kind }) => kind === 'script-ran')).toMatchObject({
      action: 'post-link',
      script: path.join(env.prefix, 'bin/.a-post-link.sh'),
      returncode: 0,
      output: expect.stringContaining('some words') as string,
      record: { name: 'a' },
    });
  });

  test('after linking run in the active environment, the others do not', async () => {
    const log = path.join(env.root, 'log');
    const say = (action: string): string =>
      `echo "${action} [$CONDA_PREFIX] [$OF_SCRIPT] $PKG_NAME" >> ${log}`;
    const a = scripted('a', {
      'pre-link': say('pre-link'),
      'post-link': say('post-link'),
      'pre-unlink': say('pre-unlink'),
    });
    const activated: ActivatedProgram = ([file = '', ...args], variables) => ({
      file,
      args,
      env: {
        PATH: '/usr/bin:/bin',
        CONDA_PREFIX: env.prefix,
        OF_SCRIPT: 'set',
        ...Object.fromEntries(variables),
      },
    });
    await env.change([a], { activated });
    await env.change([], { activated });
    expect(readFileSync(log, 'utf8')).toBe(
      `pre-link [] [] a\npost-link [${env.prefix}] [set] a\npre-unlink [] [] a\n`,
    );
  });

  test('are run only if a person agrees, when they are to be asked', async () => {
    const flag = path.join(env.root, 'flag');
    writeFileSync(flag, '');
    const a = scripted('a', { 'pre-link': `echo pre >> ${flag}`, 'post-link': `echo post >> ${flag}` });
    const asked: (readonly string[])[] = [];
    const ask = (answer: boolean): Partial<ChangeOptions> => ({
      linkScripts: 'ask',
      confirmScripts: (scripts) => {
        asked.push(scripts);
        return Promise.resolve(answer);
      },
    });
    await env.change([scripted('plain', {}), a], ask(false));
    expect(readFileSync(flag, 'utf8')).toBe('');
    expect(env.events).toContainEqual({
      kind: 'warning',
      code: 'SCRIPTS_NOT_RUN',
      text: 'Not run without a yes: pre-link of a, post-link of a',
    });
    await env.change([]);
    await env.change([a], ask(true));
    expect(readFileSync(flag, 'utf8')).toBe('pre\npost\n');
    await env.change([a, scripted('plain', {})], ask(true));
    expect(asked).toEqual([
      ['pre-link of a', 'post-link of a'],
      ['pre-link of a', 'post-link of a'],
    ]);
  });

  test('are left out when told so', async () => {
    const flag = path.join(env.root, 'flag');
    writeFileSync(flag, 'untouched');
    await env.change([scripted('a', { 'post-link': `echo run > ${flag}` })], { linkScripts: 'skip' });
    await env.change([scripted('a', {}), scripted('b', { 'post-link': `echo run > ${flag}` })], {
      canRun: false,
    });
    expect(readFileSync(flag, 'utf8')).toBe('untouched');
  });
});
