import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { CLI, type Home, makeHome, SAMPLE } from '../helpers/cli.ts';
import { startServer, type TestServer } from '../helpers/server.ts';

const isReady = existsSync(CLI) && existsSync(SAMPLE);
let server: TestServer;
let home: Home;
const channel = (): string[] => ['--override-channels', '-c', server.url];

beforeAll(async () => {
  if (!isReady) return;
  server = await startServer(SAMPLE);
  home = makeHome();
});
afterAll(async () => {
  if (!isReady) return;
  await server.close();
  home.remove();
});

describe.runIf(isReady)('solving', () => {
  test('a refusal says why, and what would work; the first of that works', async () => {
    const { code, stderr } = await home.tconda(
      'create',
      '-y',
      '-n',
      'no',
      ...channel(),
      'constrainer=1.0',
      'ladder=2.0',
    );
    expect(code).toBe(1);
    expect(stderr.slice(stderr.indexOf('constrainer=1.0 and'))).toMatchInlineSnapshot(`
      "constrainer=1.0 and ladder=2.0 can't be installed together:
      ├─ constrainer=1.0 is requested
      └─ ladder=2.0 is requested
         └─ ladder 2.0a1 to 2.0 conflicts with constrainer 1.0, which allows only ladder <1.5

      These would work:
        - constrainer >=1.0 in place of constrainer=1.0: constrainer 2.0, ladder 2.0
        - ladder <2.0 in place of ladder=2.0: constrainer 1.0, ladder 1.0.post1

      "
    `);
    const fixed = await home.tconda(
      'create',
      '-y',
      '-n',
      'yes',
      ...channel(),
      'constrainer>=1.0',
      'ladder=2.0',
      '--dry-run',
    );
    expect(fixed.code).toBe(0);
  });

  test('programs get the same as data', async () => {
    const { code, stdout } = await home.tconda(
      'create',
      '-y',
      '-n',
      'no',
      ...channel(),
      'ladder=3',
      '--json',
    );
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      exception_name: 'PackagesNotFoundInChannelsError',
      packages: ['ladder=3'],
      explanation: [expect.stringContaining('there is only ladder 0.9 to 2!1.0')],
      fixes: [
        {
          changes: [{ kind: 'change-spec', spec: 'ladder=3', to: 'ladder <3' }],
          leadsTo: ['ladder 2.0'],
          removes: [],
          text: 'ladder <3 in place of ladder=3: ladder 2.0',
        },
      ],
    });
  });

  test('a former request that gives way is written down as conda does', async () => {
    await home.tconda('create', '-y', '-n', 'e', ...channel(), 'ladder=1.9');
    const { code } = await home.tconda('install', '-y', '-n', 'e', ...channel(), 'ladder=1.10');
    expect(code).toBe(0);
    const history = readFileSync(path.join(home.prefix('e'), 'conda-meta/history'), 'utf8');
    expect(history).toMatch(/\n# update specs: \['ladder=1.10'\]\n# neutered specs: \['ladder==1.10'\]\n$/);
  });
});
