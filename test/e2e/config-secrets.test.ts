import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome } from '../helpers/cli.ts';

/** Every secret in them begins alike. */
const SETTINGS = `channels:
  - https://me:hush1@host.example/t/hush2-token/chan
  - $PRIVATE/x
proxy_servers:
  http: http://user:hush3@ss:word@proxy:3128
  https: user:hush4@proxy:80
  ftp: http://user:hush5/with#signs@proxy:80
custom_channels:
  private: https://bob:hush6@h.example/x
custom_multichannels:
  several: [https://bob:hush7@h.example/x]
channel_alias: https://u:hush8@alias.example
default_channels: [https://conda.example/t/hush9-token/main]
mirrored_channels:
  m: [https://u:hush10@m.example/x]
channel_settings:
  - channel: https://u:hush11@h.example/x
conda_build: {pkg: https://u:hush12@z.example}
plugins: {x: https://u:hush13@z.example}
https://u:hush14@z.example: 1
`;
const WRONG = `quiet: https://u:hush15@z.example
channels: https://u:hush16@z.example
ssl_verify: u:hush17@z.example
channel_alias: u:hush18@z.example
solver: https://u:hush19@z.example
`;

const isReady = existsSync(CLI);
let home: Home;
const at = (name: string): string => path.join(home.directory, name);
beforeAll(() => {
  home = makeHome('home', {
    PRIVATE: 'https://q:hush20@base.example',
    CONDA_DENYLIST_CHANNELS: 'https://u:hush21@h.example/x',
  });
  mkdirSync(home.directory, { recursive: true });
  writeFileSync(at('private.yml'), SETTINGS);
  writeFileSync(at('wrong.yml'), WRONG);
});
afterAll(() => home.remove());

describe.runIf(isReady)('no secret of the settings is shown by', () => {
  test.each([
    ...[['--show'], ['--show-sources'], ['--describe'], ['--validate']].flatMap((what) => [
      ['config', ...what, '--rc-file', 'private.yml'],
      ['config', ...what, '--rc-file', 'private.yml', '--json'],
      ['config', ...what, '--rc-file', 'wrong.yml'],
      ['config', ...what, '--rc-file', 'wrong.yml', '--json'],
    ]),
    ['config', '--get', '--file', 'private.yml'],
    ['config', '--get', '--file', 'private.yml', '--json'],
    ['config', '--get', '--file', 'wrong.yml'],
    [
      'config',
      '--append',
      'channels',
      'https://me:hush1@host.example/t/hush2-token/chan',
      '--file',
      'private.yml',
    ],
    ['config', '--remove', 'channels', 'https://me:hush22@host.example', '--file', 'private.yml', '--json'],
    ['config', '--append', 'channels', 'x', '--file', 'wrong.yml'],
    ['config', '--set', 'quiet', 'u:hush23@h.example', '--json'],
    ['config', '--set', 'channel_priority', 'https://u:hush24@h.example'],
    ['config', '--set', 'no_such_key', 'https://u:hush25@h.example'],
    ['config', '--set', 'channels', 'https://u:hush26@h.example', '--json'],
    ['info', '--rc-file', 'private.yml', '--json'],
    ['info', '--rc-file', 'private.yml', '--all'],
    ['info', '--rc-file', 'wrong.yml'],
    ['search', 'x', '--rc-file', 'private.yml', '--offline'],
  ])('%s %s %s %s %s %s', async (...args) => {
    const { stdout, stderr } = await home.tcondaIn(home.directory, ...args);
    expect((stdout + stderr).match(/.*hush.*/g)).toBeNull();
  });
});
