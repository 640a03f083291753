import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { loadPrefix } from '../../src/record/index.ts';
import { CLI, type Home, makeHome } from '../helpers/cli.ts';
import { readTree } from '../helpers/extracted-package.ts';

const oracle = process.env['TCONDA_ORACLE'] ?? '';
const isReady = oracle !== '' && existsSync(oracle) && existsSync(CLI);
/** Recordings that have all records of an environment, as conda left them. */
const RECORDED = [
  ['134-after-create', 'e1'],
  ['156-chspec', 'chspec'],
  ['159-forms', 'forms'],
  ['160-python', 'py'],
  ['281-clobber', 'clob'],
  ['376-env-create', 'fromyml'],
  ['406-renamed', 'renamed'],
  ['517-token', 'tok'],
] as const;
let home: Home;
beforeAll(() => {
  home = makeHome();
});
afterAll(() => home.remove());

interface CondaRecord {
  readonly name: string;
  readonly version: string;
  readonly build: string;
  readonly files: readonly string[];
}

interface ListedPackage {
  readonly name: string;
  readonly version: string;
  readonly build_string: string;
}

function recordsIn(meta: string): readonly CondaRecord[] {
  return readdirSync(meta)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(path.join(meta, name), 'utf8')) as CondaRecord);
}

/** Puts an environment of conda into our home: its `conda-meta` to the byte, and a file at each path that the records name. */
function install(recording: string, name: string): readonly CondaRecord[] {
  const recorded = path.join(oracle, 'files', recording, 'oracle/root/envs', name);
  const prefix = home.prefix(name);
  cpSync(recorded, prefix, { recursive: true });
  const records = recordsIn(path.join(prefix, 'conda-meta'));
  for (const file of records.flatMap(({ files }) => files)) {
    mkdirSync(path.dirname(path.join(prefix, file)), { recursive: true });
    writeFileSync(path.join(prefix, file), `${file}\n`);
    // Older than the record, as files are that nobody changed.
    utimesSync(path.join(prefix, file), 0, 0);
  }
  return records;
}

function isOurs(file: string): boolean {
  return /^conda-meta\/|^bin\/activate/.test(file);
}

/** All that is in it but for what clients keep there. */
function files(name: string): readonly string[] {
  return Object.keys(readTree(home.prefix(name)))
    .filter((file) => !isOurs(file))
    .toSorted();
}

function filesOf(records: readonly CondaRecord[]): readonly string[] {
  return [...new Set(records.flatMap((record) => record.files))].toSorted();
}

describe.runIf(isReady)('an environment that conda made', () => {
  const channel = path.join(oracle, 'channels/mini');
  const options = ['-y', '-q', '-O', '-c', channel];

  test.each(RECORDED)(
    'of %s is listed, added to and taken from',
    async (recording, name) => {
      const records = install(recording, name);
      const listed = await home.tconda('list', '-n', name, '--json');
      expect(listed.code).toBe(0);
      const found = JSON.parse(listed.stdout) as readonly ListedPackage[];
      expect(found.map((one) => `${one.name} ${one.version} ${one.build_string}`).toSorted()).toEqual(
        records.map((one) => `${one.name} ${one.version} ${one.build}`).toSorted(),
      );
      const before = files(name);
      expect(before).toEqual(filesOf(records));
      const history = readFileSync(path.join(home.prefix(name), 'conda-meta/history'), 'utf8');

      const added = await home.tconda(
        'install',
        '-n',
        name,
        ...options,
        '--freeze-installed',
        'font-ttf-inconsolata',
      );
      expect(added.stderr).toBe('');
      const now = recordsIn(path.join(home.prefix(name), 'conda-meta'));
      expect(now.map((one) => one.name)).toEqual(
        expect.arrayContaining([...records.map((one) => one.name), 'font-ttf-inconsolata']),
      );
      expect(files(name)).toEqual(filesOf(now));
      const after = readFileSync(path.join(home.prefix(name), 'conda-meta/history'), 'utf8');
      expect(after.startsWith(history)).toBe(true);

      const undone = await home.tconda('undo', '-n', name, '-y', '-q');
      expect(undone.stderr).toBe('');
      expect(files(name)).toEqual(before);

      for (const record of records) {
        const removed = await home.tconda('remove', '-n', name, '-y', '-q', '--force', record.name);
        expect(removed.stderr).toBe('');
      }
      expect(files(name)).toEqual([]);
      const left = await loadPrefix(home.prefix(name));
      expect({ exists: left.exists, records: left.records }).toEqual({ exists: true, records: [] });
    },
    120_000,
  );

  test('is updated, and its requested packages stay', async () => {
    const records = install('160-python', 'py');
    const updated = await home.tconda(
      'install',
      '-n',
      'py',
      ...options,
      '--no-pyc',
      'zlib=1.2.11',
      'noarchpy',
    );
    expect(updated.stderr).toBe('');
    expect((await home.tconda('update', '-n', 'py', ...options, '--no-pyc', '--all')).code).toBe(0);
    const { records: now, history } = await loadPrefix(home.prefix('py'));
    expect([...history.keys()].toSorted()).toEqual(['noarchpy', 'python', 'zlib']);
    expect(now.map((one) => one.name)).toEqual(expect.arrayContaining(records.map((one) => one.name)));
    const health = await home.tconda('doctor', '-n', 'py', '--json', 'missing-files', 'consistency');
    expect(JSON.parse(health.stdout)).toMatchObject({ checks: [{ ok: true }, { ok: true }] });
  }, 120_000);
});
