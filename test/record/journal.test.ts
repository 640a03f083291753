import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { findBeforeImage } from '../../src/record/before-image.ts';
import { loadPrefix, readHistory, recoverPrefix, withPrefixLock } from '../../src/record/index.ts';
import { commitJournal, readJournal, writeJournal } from '../../src/record/journal-file.ts';
import { recoverJournal } from '../../src/record/recover-journal.ts';
import { crashAt } from '../helpers/crash.ts';
import { createTestEnvironment, type TestEnvironment } from '../helpers/environment.ts';
import { readTree } from '../helpers/extracted-package.ts';

let env: TestEnvironment;
let file = '';
beforeEach(() => {
  env = createTestEnvironment();
  file = path.join(env.prefix, 'conda-meta/.tconda/journal');
});
afterEach(() => env.dispose());

const header = {
  version: 1 as const,
  isNew: false,
  madeLevels: 0,
  aside: [],
  replacedDirectories: [],
  directories: [],
  moved: [],
  created: [],
  emptied: [],
};

function writeText(text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

describe('a journal that says nothing that can be understood', () => {
  const outside = path.join(tmpdir(), 'outside');
  test.each([
    ['empty', ''],
    ['of nothing but zeros', '\0'.repeat(200)],
    ['cut off', '{"version":1,"isNew":false,"aside":["a"'],
    ['of another kind', '[]'],
    ['null', 'null'],
    ['without lists', '{"version":1}'],
    ['with a wrong list', JSON.stringify({ ...header, created: [1] })],
    ['with a wrong pair', JSON.stringify({ ...header, moved: [['a']] })],
    ['that leads out', JSON.stringify({ ...header, created: ['../x'] })],
    ['that leads out on a detour', JSON.stringify({ ...header, moved: [['a', 'b/../../x']] })],
    ['that is absolute', JSON.stringify({ ...header, aside: [outside] })],
    ['with a negative size', JSON.stringify({ ...header, historySize: -1 })],
  ])('%s: is an error to all but a recovery, which saves the records', async (_, text) => {
    const a = env.make('a 1', { files: { 'bin/a': 'a' } });
    const b = env.make('b 1', { files: { 'bin/b': 'b' } });
    await env.change([a, b]);
    writeText(`${text}\n`);
    mkdirSync(path.join(path.dirname(file), 'aside'));
    const meta = path.join(env.prefix, 'conda-meta');
    const record = readFileSync(path.join(meta, 'a-1-0.json'));
    rmSync(path.join(meta, 'a-1-0.json'));
    writeFileSync(path.join(path.dirname(file), 'aside/0'), record);
    writeFileSync(path.join(path.dirname(file), 'aside/1'), 'of a user');

    const refusal = { code: 'PREFIX_CORRUPT', hint: expect.stringContaining('doctor --fix') as string };
    await expect(env.load()).rejects.toMatchObject(refusal);
    await expect(env.change([a])).rejects.toMatchObject(refusal);
    const broken: unknown[] = [];
    const found = await loadPrefix(env.prefix, { onBroken: (error) => broken.push(error.data['file']) });
    expect([found.records.map(({ name }) => name), broken]).toEqual([['b'], [file]]);

    expect(await recoverPrefix(env.prefix)).toBe('salvaged');
    expect((await env.load()).records.map(({ name }) => name)).toEqual(['a', 'b']);
    const [kept = ''] = readdirSync(meta).filter((name) => name.startsWith('unfinished-'));
    expect(readFileSync(path.join(meta, kept, 'aside/1'), 'utf8')).toBe('of a user');
    await env.change([b]);
    expect(env.tree()).toEqual({ 'bin/b': '644 b' });
  });

  test('takes no record out of it that would lie elsewhere, or in place of another', async () => {
    await env.change([env.make('a 2', { files: { a: 'a' } })]);
    writeText('{');
    const aside = path.join(path.dirname(file), 'aside');
    mkdirSync(aside);
    const old = { name: 'a', version: '1', build: '0', files: [], channel: '', depends: [] };
    writeFileSync(path.join(aside, '0'), JSON.stringify(old));
    writeFileSync(path.join(aside, '1'), JSON.stringify({ ...old, name: '../../x' }));
    await recoverPrefix(env.prefix);
    expect((await env.load()).records.map(({ version }) => version)).toEqual(['2']);
    expect(readdirSync(env.root).toSorted()).toEqual(['envs', 'pkgs']);
  });

  test('that is not there at all: what lies aside is kept, and is no part of the next change', async () => {
    const a = env.make('a 1', { files: { a: 'a' } });
    await env.change([a]);
    const aside = path.join(path.dirname(file), 'aside');
    mkdirSync(aside, { recursive: true });
    writeFileSync(path.join(aside, '0'), 'of a user');
    await env.change([a, env.make('b 1', { files: { b: 'b' } })]);
    const meta = path.join(env.prefix, 'conda-meta');
    const [kept = ''] = readdirSync(meta).filter((name) => name.startsWith('unfinished-'));
    expect(readFileSync(path.join(meta, kept, 'aside/0'), 'utf8')).toBe('of a user');
  });

  test('of a later version is left to that', async () => {
    await env.change([env.make('a 1', { files: { a: 'a' } })]);
    writeText('{"version":2}\n');
    const refusal = { code: 'PREFIX_CORRUPT', message: expect.stringContaining('later version') as string };
    await expect(env.load()).rejects.toMatchObject(refusal);
    await expect(recoverPrefix(env.prefix)).rejects.toMatchObject(refusal);
    expect(readFileSync(file, 'utf8')).toBe('{"version":2}\n');
  });
});

describe('an undo', () => {
  test('makes no history longer than it is', async () => {
    await env.change([env.make('a 1', { files: { a: 'a' } })]);
    const history = path.join(env.prefix, 'conda-meta/history');
    const { size } = statSync(history);
    writeJournal(env.prefix, { ...header, historySize: size + 100 });
    recoverJournal(env.prefix);
    expect(statSync(history).size).toBe(size);
  });

  test('puts back what lay aside though the directory above it is gone', async () => {
    await env.change([env.make('a 1', { files: { 'lib/deep/a': 'old', 'lib/deep/kept': 'k' } })]);
    const old = readTree(env.prefix);
    const next = env.make('a 2', { files: { 'lib/deep/a': 'new', 'lib/deep/kept': 'k' } });
    const steps = await crashAt(Infinity, () => env.change([next]));
    await env.change([env.make('a 1', { files: { 'lib/deep/a': 'old', 'lib/deep/kept': 'k' } })]);
    await crashAt(Math.round(steps / 2), () => env.change([next]));
    rmSync(path.join(env.prefix, 'lib'), { recursive: true });
    expect(await recoverPrefix(env.prefix)).toBe('undone');
    const now = Object.keys(readTree(env.prefix)).filter((name) => name !== 'conda-meta/history');
    expect(now).toEqual(Object.keys(old).filter((name) => name !== 'conda-meta/history'));
  });
});

test('a commit without a journal is an error, and leaves none', () => {
  const prefix = mkdtempSync(path.join(tmpdir(), 'journal-'));
  mkdirSync(path.join(prefix, 'conda-meta/.tconda'), { recursive: true });
  expect(() => commitJournal(prefix)).toThrow(/ENOENT/);
  expect(readJournal(prefix)).toBeUndefined();
  rmSync(prefix, { recursive: true });
});

test('who lost the lock in the meantime commits nothing, and lets be what another does', async () => {
  await env.change([env.make('a 1', { files: { a: 'a' } })]);
  const lock = path.join(env.prefix, 'conda-meta/.tconda.lock');
  const change = withPrefixLock(await env.load(), {}, (journal) => {
    journal.begin({ ...header, created: ['mine'] });
    // A process on another machine took the lock over, ended our change and began its own.
    writeFileSync(lock, JSON.stringify({ pid: 1, host: 'elsewhere', nonce: '0123456789abcdef' }));
    writeJournal(env.prefix, { ...header, created: ['theirs'] });
    return Promise.resolve();
  });
  await expect(change).rejects.toMatchObject({ code: 'PREFIX_CHANGED' });
  expect(readJournal(env.prefix)).toMatchObject({ header: { created: ['theirs'] }, isCommitted: false });
  expect(readFileSync(lock, 'utf8')).toContain('elsewhere');
});

test('the history of a change that was cut off is not told', async () => {
  await env.change([env.make('a 1', { files: { a: 'a' } })]);
  const before = readHistory(env.prefix);
  writeJournal(env.prefix, { ...header, historySize: Buffer.byteLength(before) });
  writeFileSync(path.join(env.prefix, 'conda-meta/history'), `${before}==> now <==\n# cmd: x\n+half`);
  expect(readHistory(env.prefix)).toBe(before);
  expect(findBeforeImage(env.prefix)?.historySize).toBe(Buffer.byteLength(before));
});
