import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { sweepCaches } from '../../src/fetch/sweep-cache.ts';
import { acquireLease } from '../../src/io/lease-file.ts';
import { currentProcess } from '../../src/io/process-identity.ts';

let pkgs: string;
beforeEach(() => {
  pkgs = mkdtempSync(path.join(tmpdir(), 'tconda-sweep-'));
  writeFileSync(path.join(pkgs, 'urls.txt'), '');
});
afterEach(() => rmSync(pkgs, { recursive: true, force: true }));

/** A file of a process that is gone. */
const dead = JSON.stringify({ ...currentProcess(), start: '1', nonce: '0123456789abcdef' });
const put = (name: string, content = dead): void => {
  mkdirSync(path.dirname(path.join(pkgs, name)), { recursive: true });
  writeFileSync(path.join(pkgs, name), content);
};

test('what the dead left is removed, in all places of a cache', async () => {
  put('.a-1-0.conda.tconda-lock');
  put('.a-1-0.tconda-lock.0123456789abcdef');
  put('.a-1-0.conda.tconda-lock.0123456789ab.new');
  put('.a-1-0.tconda-lock.0123456789ab.new', '');
  put('a-1-0.0123456789ab.extract/package/lib/half', '');
  put('cache/0123.tconda-lock');
  put('.other-channels/012345678901/.b-1-0.conda.tconda-lock');
  put('.other-channels/012345678901/b-1-0.0123456789ab.extract/package/info/index.json', '');
  put('cache/0123.json.0123456789ab.tmp', '');
  utimesSync(path.join(pkgs, 'cache/0123.json.0123456789ab.tmp'), 1, 1);
  await sweepCaches([pkgs, path.join(pkgs, 'none')]);
  expect(readdirSync(pkgs, { recursive: true, encoding: 'utf8' }).toSorted()).toEqual([
    '.other-channels',
    '.other-channels/012345678901',
    'cache',
    'urls.txt',
  ]);
});

test('what belongs to the living, what is gone on from, and what is no leftover stay', async () => {
  put('a-1-0.0123456789ab.extract/package/lib/half', '');
  const lease = await acquireLease(path.join(pkgs, '.a-1-0.tconda-lock'));
  put('b-1-0.conda.tconda.partial');
  put('c-1-0/info/index.json');
  put('mine.extract/file');
  put('cache/0123.json.0123456789ab.tmp', '');
  const before = readdirSync(pkgs, { recursive: true });
  await sweepCaches([pkgs]);
  expect(readdirSync(pkgs, { recursive: true })).toEqual(before);
  await lease.release();
  await sweepCaches([pkgs]);
  expect(readdirSync(pkgs)).not.toContain('a-1-0.0123456789ab.extract');
});

test('a cache that can’t be written is left alone', async () => {
  rmSync(path.join(pkgs, 'urls.txt'));
  put('.a-1-0.conda.tconda-lock');
  await sweepCaches([pkgs]);
  expect(readdirSync(pkgs)).toEqual(['.a-1-0.conda.tconda-lock']);
});
