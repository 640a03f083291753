import { existsSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import {
  compilingChannel,
  hardChannel,
  largeChannel,
  linkingChannel,
  scriptChannel,
  STARTED,
} from '../helpers/slow-channels.ts';
import type { Terminal } from '../helpers/terminal.ts';
import { isReady, isSane, terminalSession } from '../helpers/terminal-session.ts';
import { treeOf } from '../helpers/tree.ts';

describe.runIf(isReady)('at a terminal', () => {
  const session = terminalSession();

  describe('Ctrl-C', () => {
    /** Presses it when the screen shows the pattern; nothing of the environment may be left. */
    async function interrupt(shown: Terminal, when: RegExp): Promise<boolean> {
      await shown.waitFor(when);
      return pressNow(shown);
    }

    async function pressNow(shown: Terminal): Promise<boolean> {
      shown.press('C-c');
      await shown.waitFor(/KeyboardInterrupt: interrupted/);
      expect(await isSane(shown)).toBe(true);
      expect(existsSync(session.home.prefix('env'))).toBe(false);
      return !existsSync(path.join(session.home.directory, '.conda', 'environments.txt'));
    }

    test('while indexes are loaded', async () => {
      session.server.failAlways(/repodata/, { kind: 'delay', ms: 60_000 });
      const shown = session.start('create -y -n env greet');
      expect(await interrupt(shown, /Collecting package metadata/)).toBe(true);
    });

    test('while solving', async () => {
      // It would think for half a minute.
      const { url, specs } = await hardChannel(session.home);
      const shown = session.start(`create -y -n env ${specs}`, { channel: url });
      await shown.waitFor(/Solving environment/);
      shown.press('C-c');
      expect(await isSane(shown)).toBe(true);
      expect(existsSync(session.home.prefix('env'))).toBe(false);
    });

    test('at the question', async () => {
      const shown = session.start('create -n env greet');
      expect(await interrupt(shown, /Proceed \(\[y\]\/n\)\?/)).toBe(true);
    });

    test('while downloading', async () => {
      session.server.failAlways(/\.(?:conda|bz2)$/, { kind: 'stall', after: 200 });
      expect(await interrupt(session.start('create -y -n env greet'), /Downloading packages/)).toBe(true);
    });

    test('while extracting', async () => {
      const channel = await largeChannel(session.home);
      const shown = session.start('create -y -n env large', { channel });
      expect(await interrupt(shown, /Extracting packages +0/)).toBe(true);
    });

    test('while linking', async () => {
      const channel = await linkingChannel(session.home);
      const shown = session.start('create -y -n env second', { channel });
      expect(await interrupt(shown, /Executing transaction +1\/2/)).toBe(true);
    });

    test('while compiling', async () => {
      const channel = await compilingChannel(session.home);
      const shown = session.start('create -y -n env module', { channel });
      expect(await interrupt(shown, /Executing transaction +3\/3/)).toBe(true);
    });

    test('while a script of a package runs', async () => {
      const shown = await startScript('create -y -n env slow-script');
      expect(await pressNow(shown)).toBe(true);
    });

    test('twice, and the environment is the old one at the next call', async () => {
      const { home, server } = session;
      await home.tconda('create', '-y', '-n', 'env', '--override-channels', '-c', server.url, 'ladder=1.9');
      const before = treeOf(home.prefix('env'));
      const shown = await startScript('install -y -n env slow-script');
      shown.press('C-c');
      shown.press('C-c');
      await shown.waitFor(/KeyboardInterrupt: interrupted|Cut off: /);
      expect(await isSane(shown)).toBe(true);
      await home.tconda('list', '-n', 'env');
      const offline = ['--offline', '--override-channels', '-c', server.url];
      await home.tconda('install', '-y', '-n', 'env', ...offline, 'ladder');
      expect(treeOf(home.prefix('env'))).toEqual(before);
    });

    /** Goes on when the script of the package has begun. */
    async function startScript(args: string): Promise<Terminal> {
      const shown = session.start(args, { channel: await scriptChannel(session.home) });
      await shown.waitUntil(() => existsSync(path.join(session.home.directory, STARTED)));
      return shown;
    }
  });

  test('Ctrl-Z stops it with the terminal in order, and it goes on', async () => {
    const release = session.holdArchives();
    const shown = session.start('create -y -n env greet');
    await shown.waitFor(/Downloading packages/);
    shown.press('C-z');
    await shown.waitFor(/Stopped/);
    expect(await isSane(shown)).toBe(true);
    release();
    shown.type('fg');
    await shown.waitFor(/Executing transaction: done/);
    expect(await isSane(shown)).toBe(true);
    expect(existsSync(session.home.prefix('env'))).toBe(true);
  });

  test('killed outright it leaves the terminal in order', async () => {
    session.server.failAlways(/\.(?:conda|bz2)$/, { kind: 'stall', after: 200 });
    const shown = session.start('create -y -n env greet');
    await shown.waitFor(/Downloading packages/);
    for (const pid of shown.children()) process.kill(pid, 'SIGKILL');
    expect(await isSane(shown)).toBe(true);
  });

  test('a terminal that is closed ends it, and the environment is what it was', async () => {
    session.server.failAlways(/\.(?:conda|bz2)$/, { kind: 'stall', after: 200 });
    const shown = session.start('create -y -n env greet');
    await shown.waitFor(/Downloading packages/);
    const [pid = 0] = shown.children();
    shown.close();
    await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 30_000 }).toBe(false);
    expect(existsSync(session.home.prefix('env'))).toBe(false);
  });
});
