import { writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { create } from '../../src/commands/create.ts';
import { envUpdate } from '../../src/commands/env-update.ts';
import { install } from '../../src/commands/install.ts';
import { update } from '../../src/commands/update.ts';
import type { PrefixRecord } from '../../src/model/prefix-record.ts';
import { raw, type RawFields, writeChannel } from '../helpers/channel.ts';
import { createDryHome, type DryHome } from '../helpers/dry-run.ts';
import { installedPkg } from '../helpers/pkg.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 3, 10, 12);
const PYTHON = ['3.11.8', '3.12.2'].map((version) => raw(`python ${version} h_0`));

let home: DryHome;
let main: string;
let other: string;

/** A channel of its own below the home directory. */
async function channel(name: string, records: readonly (readonly [string, RawFields])[]): Promise<string> {
  return (await writeChannel(path.join(home.directory, name), { 'linux-64': records, noarch: [] })).baseUrl;
}

beforeEach(async () => {
  home = createDryHome({ now: () => NOW });
  main = await channel('main', [
    ...PYTHON,
    raw('pip 24.0 py_0', { depends: ['python'] }),
    raw('app 1.0 h_0', { depends: ['lib'], timestamp: NOW - 100 * DAY }),
    raw('app 2.0 h_0', { depends: ['lib'], timestamp: NOW - 5 * DAY }),
    raw('lib 1.0 h_0', { timestamp: NOW - 200 * DAY }),
    raw('lib 1.1 h_0', { timestamp: NOW - 150 * DAY, indexed_timestamp: NOW - 2 * DAY }),
    raw('lib 1.2 h_0', { timestamp: NOW - DAY }),
    raw('undated 1.0 h_0'),
  ]);
  other = await channel('other', [raw('app 3.0 h_0', { timestamp: NOW - DAY })]);
});
afterEach(() => home.dispose());

const from = (...channels: readonly string[]): readonly string[] => [
  '--override-channels',
  ...channels.flatMap((url) => ['-c', url]),
];

describe('exclude_newer', () => {
  test.each([
    ['1d', ['app-2.0-h_0', 'lib-1.2-h_0']],
    ['3d12h', ['app-2.0-h_0', 'lib-1.0-h_0']],
    ['1w', ['app-1.0-h_0', 'lib-1.0-h_0']],
    ['P7D', ['app-1.0-h_0', 'lib-1.0-h_0']],
    ['129600', ['app-2.0-h_0', 'lib-1.1-h_0']],
    ['2026-04-09', ['app-2.0-h_0', 'lib-1.2-h_0']],
    ['2026-04-08T12:00:00Z', ['app-2.0-h_0', 'lib-1.1-h_0']],
    ['0', ['app-2.0-h_0', 'lib-1.2-h_0']],
  ])('--exclude-newer %s', async (value, expected) => {
    const { links } = await home.run(create, 'app', '--exclude-newer', value, ...from(main));
    expect(links).toEqual(expected);
  });

  test('what names no time stays', async () => {
    expect((await home.run(create, 'undated', '--exclude-newer', '1w', ...from(main))).links).toHaveLength(1);
  });

  test('a name and a channel of their own', async () => {
    home.settings(
      [
        'exclude_newer: 1w',
        'exclude_newer_package: {lib: false}',
        'channel_settings:',
        `  - {channel: ${other}, exclude_newer: 1h}`,
        `  - {channel: "${path.dirname(other)}/o*", exclude_newer: 2w}`,
      ].join('\n'),
    );
    expect((await home.run(create, 'app', ...from(main))).links).toEqual(['app-1.0-h_0', 'lib-1.2-h_0']);
    expect((await home.run(create, 'app', ...from(other, main))).links).toEqual(['app-3.0-h_0']);
  });

  test('the channel of its own may be one that only a spec names', async () => {
    home.settings(`exclude_newer: 1w\nchannel_settings: [{channel: ${other}, exclude_newer: 1h}]`);
    expect((await home.run(create, `${other}::app`, ...from(main))).links).toEqual(['app-3.0-h_0']);
    home.settings(`channel_settings: [{channel: ${other}, exclude_newer: 1w}]`);
    await expect(home.run(create, `${other}::app`, ...from(main))).rejects.toMatchObject({
      message: expect.stringContaining('newer') as string,
    });
  });

  test('what is no time is refused', async () => {
    await expect(
      home.run(create, 'app', '--exclude-newer', '2026-02-30', ...from(main)),
    ).rejects.toMatchObject({ code: 'INVALID_VALUE' });
  });
});

describe('which packages', () => {
  test('disallowed_packages stops what would bring them', async () => {
    home.settings('disallowed_packages: ["lib >=1.2"]');
    await expect(home.run(create, 'app', ...from(main))).rejects.toMatchObject({
      code: 'PACKAGE_DISALLOWED',
      data: { disallowed: 'lib >=1.2' },
    });
    expect((await home.run(create, 'app', 'lib<1.2', ...from(main))).links).toContain('lib-1.1-h_0');
  });

  test.each([
    ['highest', ['app-2.0-h_0', 'lib-1.2-h_0']],
    ['lowest', ['app-1.0-h_0', 'lib-1.0-h_0']],
    ['lowest-direct', ['app-1.0-h_0', 'lib-1.2-h_0']],
  ])('--resolution %s', async (strategy, expected) => {
    expect((await home.run(create, 'app', '--resolution', strategy, ...from(main))).links).toEqual(expected);
  });

  test('add_pip_as_python_dependency', async () => {
    expect((await home.run(create, 'python', ...from(main))).links).toEqual([
      'pip-24.0-py_0',
      'python-3.12.2-h_0',
    ]);
    home.settings('add_pip_as_python_dependency: false');
    expect((await home.run(create, 'python', ...from(main))).links).toEqual(['python-3.12.2-h_0']);
  });

  test('--platform asks the system that is meant, not this one', async () => {
    const directory = path.join(home.directory, 'mac');
    const { baseUrl } = await writeChannel(directory, {
      'osx-arm64': [
        raw('tool 1.0 h_0', { subdir: 'osx-arm64', depends: ['__osx'] }),
        raw('tool 2.0 h_0', { subdir: 'osx-arm64', depends: ['__linux'] }),
        raw('tool 3.0 h_0', { subdir: 'osx-arm64', depends: ['__osx >=99'] }),
      ],
      noarch: [],
    });
    const run = await home.run(create, 'tool', '--platform', 'osx-arm64', ...from(baseUrl));
    expect(run.links).toEqual(['tool-1.0-h_0']);
  });

  test('a part of a spec that means nothing is noted', async () => {
    const { warnings } = await home.run(create, 'app (>=1,<2)', ...from(main));
    expect(warnings.join('\n')).toMatch(/^app \(>=1,<2\): /m);
  });
});

describe('which channels', () => {
  test('denylist_channels wins over allowlist_channels', async () => {
    home.settings(`allowlist_channels: [${main}, ${other}]\ndenylist_channels: [${other}]`);
    expect((await home.run(create, 'app', ...from(main))).links).toHaveLength(2);
    await expect(home.run(create, 'app', ...from(main, other))).rejects.toMatchObject({
      code: 'CHANNEL_DENIED',
    });
  });

  test('allowlist_channels leaves no other, also in specs', async () => {
    home.settings(`allowlist_channels: [${main}]`);
    await expect(home.run(create, 'app', ...from(other))).rejects.toMatchObject({
      code: 'CHANNEL_NOT_ALLOWED',
    });
    await expect(home.run(create, `${other}::app`, ...from(main))).rejects.toMatchObject({
      code: 'CHANNEL_NOT_ALLOWED',
    });
  });

  test('--strict-channel-priority', async () => {
    const run = await home.run(create, 'app>=3', ...from(main, other));
    expect(run.links).toEqual(['app-3.0-h_0']);
    await expect(
      home.run(create, 'app>=3', '--strict-channel-priority', ...from(main, other)),
    ).rejects.toMatchObject({
      code: 'PACKAGES_NOT_FOUND',
      data: { fixes: [{ changes: [{ kind: 'channel-priority', to: 'flexible' }] }, {}] },
    });
  });
});

describe('what is installed', () => {
  let app: PrefixRecord;
  let lib: PrefixRecord;
  beforeEach(() => {
    app = installedPkg('app 1.0 h_0', { channel: main, depends: ['lib'] });
    lib = installedPkg('lib 1.0 h_0', { channel: main });
  });

  test('-S does nothing when it is there', async () => {
    home.install([app, lib]);
    expect((await home.run(install, 'app', '-S', ...from(main))).links).toEqual([]);
    expect((await home.run(install, 'app>=2', '-S', ...from(main))).links).toEqual(['app-2.0-h_0']);
  });

  test('--update-deps updates what it needs', async () => {
    home.install([app, lib]);
    expect((await home.run(install, 'app', ...from(main))).links).toEqual(['app-2.0-h_0']);
    expect((await home.run(install, 'app', '--update-deps', ...from(main))).links).toEqual([
      'app-2.0-h_0',
      'lib-1.2-h_0',
    ]);
  });

  test('--freeze-installed gives way only where it must', async () => {
    home.install([lib]);
    expect((await home.run(install, 'app', '--freeze-installed', ...from(main))).links).toEqual([
      'app-2.0-h_0',
    ]);
  });

  test('--no-pin', async () => {
    home.install([app, lib], { pinned: '# ours\n\napp 1.*\n' });
    expect((await home.run(update, 'app', ...from(main))).links).toEqual([]);
    expect((await home.run(update, 'app', '--no-pin', ...from(main))).links).toEqual(['app-2.0-h_0']);
  });

  test('a fix that is offered for the installed python works when it is asked for', async () => {
    const needy = await channel('needy', [raw('needy 1.0 h_0', { depends: ['python >=3.12'] })]);
    home.settings('add_pip_as_python_dependency: false');
    home.install([installedPkg('python 3.11.8 h_0', { channel: main })]);
    await expect(home.run(install, 'needy', ...from(needy, main))).rejects.toMatchObject({
      code: 'UNSATISFIABLE',
      data: { fixes: [{ changes: [{ kind: 'change-python', from: '3.11', to: '3.12' }] }] },
    });
    const { links, unlinks } = await home.run(install, 'needy', 'python=3.12', ...from(needy, main));
    expect(links).toEqual(['needy-1.0-h_0', 'python-3.12.2-h_0']);
    expect(unlinks).toEqual(['python-3.11.8-h_0']);
  });

  test('--prune leaves nothing that the file does not ask for', async () => {
    home.install([app, lib, installedPkg('undated 1.0 h_0', { channel: main })]);
    const file = path.join(home.directory, 'environment.yml');
    writeFileSync(file, `channels: [${main}, nodefaults]\ndependencies: [app]\n`);
    expect((await home.run(envUpdate, '-f', file)).unlinks).not.toContain('undated-1.0-h_0');
    expect((await home.run(envUpdate, '-f', file, '--prune')).unlinks).toContain('undated-1.0-h_0');
  });

  test('update --all', async () => {
    home.install([app, lib]);
    const { links, unlinks } = await home.run(update, '--all', ...from(main));
    expect(links).toEqual(['app-2.0-h_0', 'lib-1.2-h_0']);
    expect(unlinks).toEqual(['app-1.0-h_0', 'lib-1.0-h_0']);
  });
});
