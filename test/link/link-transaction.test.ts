import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { linkTransaction, type LinkTransactionOptions } from '../../src/link/index.ts';
import type { ProgressEvent } from '../../src/model/event.ts';
import type { ExtractedPackage } from '../../src/model/package-files.ts';
import { planTransaction } from '../../src/plan/index.ts';
import { loadPrefix, recordTransaction, withPrefixLock } from '../../src/record/index.ts';
import { makeExtractedPackage, readTree } from '../helpers/extracted-package.ts';

let root = '';
let prefix = '';
let cache = '';
let events: ProgressEvent[] = [];

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'link-'));
  prefix = path.join(root, 'envs', 'e');
  cache = path.join(root, 'pkgs');
  events = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Brings the prefix to hold exactly these packages, the way the program does. */
async function change(
  packages: readonly ExtractedPackage[],
  options: Partial<LinkTransactionOptions> = {},
): Promise<void> {
  const installed = await loadPrefix(prefix);
  const transaction = planTransaction(
    installed,
    packages.map(({ record }) => record),
  );
  await withPrefixLock(installed, {}, async (journal) => {
    const records = await linkTransaction(transaction, packages, {
      journal,
      report: (event) => events.push(event),
      subdir: 'linux-64',
      canRun: true,
      env: { PATH: '/usr/bin:/bin' },
      rootPrefix: '',
      ...options,
    });
    await recordTransaction(transaction, records, { journal, now: new Date(0), command: 'test' });
  });
}

function tree(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(readTree(prefix)).filter(([name]) => !name.startsWith('conda-meta/')),
  );
}

const placeholder = `/opt/${'p'.repeat(250)}`;

describe('linkTransaction', () => {
  test('links files, symlinks and directories, and replaces placeholders', async () => {
    const a = makeExtractedPackage(cache, 'a 1.0', {
      files: {
        'bin/tool': {
          content: `#!${placeholder}/bin/sh\necho hi\n`,
          mode: 0o755,
          prefix_placeholder: placeholder,
          file_mode: 'text',
        },
        'lib/b.so': {
          content: `x${placeholder}/lib\0rest`,
          prefix_placeholder: placeholder,
          file_mode: 'binary',
        },
        'lib/plain': 'text',
        'lib/link': { link: 'plain' },
        'var/empty': { directory: true },
      },
    });
    await change([a]);
    expect(tree()).toEqual({
      'bin/tool': `755 #!${prefix}/bin/sh\necho hi\n`,
      'lib/b.so': `644 x${prefix}/lib${'\0'.repeat(placeholder.length - prefix.length + 1)}rest`,
      'lib/plain': '644 text',
      'lib/link': '-> plain',
      'var/empty': '/',
    });
    const [record] = (await loadPrefix(prefix)).records;
    expect(record?.files).toEqual(['bin/tool', 'lib/b.so', 'lib/plain', 'lib/link']);
    await change([]);
    expect(tree()).toEqual({});
  });

  test('gives a path to the one with precedence, and to the next when that leaves', async () => {
    const make = (name: string, depends: string[] = []) =>
      makeExtractedPackage(cache, name, { depends, files: { 'share/x': name } });
    const [one, two, three] = [make('a', ['c']), make('b'), make('c')];
    await change([two, three]);
    expect(tree()).toEqual({ 'share/x': '644 b', '__clobbers__/c/share/x': '644 c' });
    await change([one, two, three]);
    expect(tree()).toEqual({
      'share/x': '644 a',
      '__clobbers__/b/share/x': '644 b',
      '__clobbers__/c/share/x': '644 c',
    });
    await change([two, three]);
    expect(tree()).toEqual({ 'share/x': '644 b', '__clobbers__/c/share/x': '644 c' });
    await change([three]);
    expect(tree()).toEqual({ 'share/x': '644 c' });
    await change([]);
    expect(tree()).toEqual({});
  });

  test('keeps what belongs to nobody, and gives it its place back', async () => {
    mkdirSync(path.join(prefix, 'etc'), { recursive: true });
    writeFileSync(path.join(prefix, 'etc/rc'), 'mine');
    await change([makeExtractedPackage(cache, 'a', { files: { 'etc/rc': 'theirs' } })]);
    expect(tree()).toEqual({ 'etc/rc': '644 theirs', '__clobbers__/.user/etc/rc': '644 mine' });
    expect(events).toContainEqual(expect.objectContaining({ kind: 'warning', code: 'CLOBBER' }));
    await change([]);
    expect(tree()).toEqual({ 'etc/rc': '644 mine' });
  });
});
