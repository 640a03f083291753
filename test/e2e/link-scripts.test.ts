import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { indexChannel } from '../../src/publish/index.ts';
import { CLI, type Home, makeHome } from '../helpers/cli.ts';
import { makePackage } from '../helpers/make-package.ts';

const isReady = existsSync(CLI) && process.platform === 'linux';
let home: Home;
let channel: string;
beforeAll(async () => {
  home = makeHome();
  channel = path.join(home.directory, 'scripts');
  const noarch = path.join(channel, 'noarch');
  mkdirSync(noarch, { recursive: true });
  const post = (code: string) => ({ content: `${code}\n`, mode: 0o755 });
  await makePackage(noarch, 'tells 1', {
    files: { 'bin/.tells-post-link.sh': post('echo "[$ROOT_PREFIX] $PWD" > "$PREFIX/told"') },
  });
  await makePackage(noarch, 'hangs 1', {
    files: {
      'bin/.hangs-post-link.sh': post('trap "" TERM; touch "$PREFIX/begun"; sleep 100; touch "$PREFIX/late"'),
    },
  });
  await indexChannel(channel);
}, 60_000);
afterAll(() => home.remove());

describe.runIf(isReady)('scripts of packages', () => {
  test('are told of the base environment, if there is one', async () => {
    const told = async (name: string): Promise<string> => {
      const ran = await home.tconda('create', '-y', '-n', name, '-O', '-c', channel, 'tells');
      expect(ran).toMatchObject({ code: 0 });
      return readFileSync(path.join(home.prefix(name), 'told'), 'utf8');
    };
    const root = path.dirname(path.dirname(home.prefix('x')));
    expect(await told('without')).toBe(`[] ${home.prefix('without')}/bin\n`);
    mkdirSync(path.join(root, 'conda-meta'), { recursive: true });
    writeFileSync(path.join(root, 'conda-meta/history'), '');
    expect(await told('with')).toBe(`[${root}] ${home.prefix('with')}/bin\n`);
  });

  test('that hang and do not listen end with the command, and leave no environment', async () => {
    const prefix = home.prefix('hung');
    const args = [CLI, 'create', '-y', '-n', 'hung', '-O', '-c', channel, 'hangs'];
    const child = spawn(process.execPath, args, { env: home.env, stdio: 'ignore' });
    await vi.waitUntil(() => existsSync(path.join(prefix, 'begun')), { timeout: 30_000, interval: 50 });
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(130);
    expect(existsSync(prefix)).toBe(false);
    expect((await home.tconda('env', 'list', '--json')).stdout).not.toContain('hung');
  }, 60_000);
});
