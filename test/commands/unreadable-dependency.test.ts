import path from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { CommandSpec } from '../../src/commands/command.ts';
import { install } from '../../src/commands/install.ts';
import { remove } from '../../src/commands/remove.ts';
import { update } from '../../src/commands/update.ts';
import { raw, writeChannel } from '../helpers/channel.ts';
import { createDryHome, type DryHome } from '../helpers/dry-run.ts';
import { installedPkg } from '../helpers/pkg.ts';

let home: DryHome;
let channels: readonly string[];

beforeEach(async () => {
  home = createDryHome();
  const { baseUrl } = await writeChannel(path.join(home.directory, 'main'), {
    'linux-64': [raw('app 1.0 h_0', { depends: ['lib'] }), raw('lib 1.0 h_0'), raw('odd 2.0 h_0')],
    noarch: [],
  });
  channels = ['--override-channels', '-c', baseUrl];
  home.install([
    installedPkg('odd 1.0 h_0', { depends: ['lib >=1..2', '=='], constrains: ['x ==='] }),
    installedPkg('lib 1.0 h_0'),
  ]);
});
afterEach(() => home.dispose());

describe('what is installed and depends on what nobody can read stands in the way of nothing', () => {
  test.each<readonly [readonly string[], CommandSpec, readonly string[]]>([
    [['app'], install, ['app-1.0-h_0']],
    [['app', '--no-deps'], install, ['app-1.0-h_0']],
    [['app', '--only-deps'], install, []],
    [['app', '--update-deps'], install, ['app-1.0-h_0']],
    [['app', '--freeze-installed'], install, ['app-1.0-h_0']],
    [['odd'], update, ['odd-2.0-h_0']],
    [['--all'], update, ['odd-2.0-h_0']],
  ])('%#: %j', async (args, command, expected) => {
    expect((await home.run(command, ...args, ...channels)).links).toEqual(expected);
  });

  test('when it leaves', async () => {
    expect((await home.run(remove, 'odd')).unlinks).toEqual(['odd-1.0-h_0']);
  });
});
