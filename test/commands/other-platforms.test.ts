import path from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { create } from '../../src/commands/create.ts';
import { raw, writeChannel } from '../helpers/channel.ts';
import { createDryHome, type DryHome } from '../helpers/dry-run.ts';

let home: DryHome;

beforeEach(() => {
  home = createDryHome();
});
afterEach(() => home.dispose());

test('what is there for another platform alone is said to be there', async () => {
  const { baseUrl } = await writeChannel(path.join(home.directory, 'mixed'), {
    'osx-arm64': [raw('tool 1.0 h_0', { subdir: 'osx-arm64' })],
    'linux-64': [raw('app 1.0 h_0')],
    noarch: [],
  });
  const refused = home.run(
    create,
    'tool',
    'toll',
    '--platform',
    'linux-64',
    '--override-channels',
    '-c',
    baseUrl,
  );
  await expect(refused).rejects.toMatchObject({
    code: 'PACKAGES_NOT_FOUND',
    message: expect.stringMatching(/\n\ntool is not there for this platform, but for osx-arm64$/) as string,
    hint: 'Ask for that platform: --platform osx-arm64',
  });
});
