import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { indexChannel } from '../../src/publish/index.ts';
import { raw, writeChannel } from '../helpers/channel.ts';
import { CLI, type Home, makeHome, SAMPLE } from '../helpers/cli.ts';
import { makePackage } from '../helpers/make-package.ts';
import { startServer, type TestServer } from '../helpers/server.ts';
import { hasTmux, openTerminal, type Terminal } from '../helpers/terminal.ts';
import { treeOf } from '../helpers/tree.ts';

const isReady = hasTmux && existsSync(CLI) && existsSync(SAMPLE);
/** What draws over something. */
const MOVES = new RegExp(String.raw`${'\u001b'}\[[\d?;]*[A-Za-ln-z]|\r(?!\n)|[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]`);
let server: TestServer;
let home: Home;
let terminal: Terminal | undefined;

beforeAll(async () => {
  if (isReady) server = await startServer(SAMPLE);
});
afterAll(() => (isReady ? server.close() : undefined));
beforeEach(() => {
  home = makeHome();
});
afterEach(() => {
  terminal?.close();
  terminal = undefined;
  if (isReady) server.reset();
  // Programs that lost their terminal need a moment to end.
  rmSync(path.dirname(home.directory), { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
});

function useChannel(url: string): void {
  mkdirSync(home.directory, { recursive: true });
  writeFileSync(path.join(home.directory, '.condarc'), `channels: ['${url}']\n`);
}

/** Calls `tconda` in a terminal of this size, with the test server as the only channel. */
function start(
  args: string,
  { columns = 80, rows = 24, env = {} as NodeJS.ProcessEnv, channel = server.url } = {},
): Terminal {
  useChannel(channel);
  const opened = openTerminal({
    columns,
    rows,
    env: { ...home.env, ...env },
    cwd: path.dirname(home.directory),
  });
  terminal = opened;
  opened.type(`tconda() { '${process.execPath}' '${CLI}' "$@"; }; clear`);
  opened.type(`tconda ${args}`);
  return opened;
}

/** What a program must leave behind, however it ended: a prompt on its own line, cursor, echo, line editing. */
async function isSane(shown: Terminal): Promise<boolean> {
  await shown.waitForPrompt();
  expect(shown.state()).toEqual({ isCursorShown: true, isAlternate: false, wraps: true });
  shown.type('stty -a | grep -ow -e "-\\?echo" -e "-\\?icanon" -e "-\\?isig" | tr "\\n" ,; echo =end');
  await shown.waitFor(/,=end$/m);
  expect(shown.screen()).toMatch(/^isig,icanon,echo,=end$/m);
  return shown.screen().includes('stty -a | grep');
}

describe.runIf(isReady)('at a terminal', () => {
  describe.each([
    [80, 24],
    [40, 10],
  ])('of %i columns and %i rows', (columns, rows) => {
    test('an installation leaves a line for each phase, and nothing else', async () => {
      server.failAlways(/\.(?:conda|bz2)$/, { kind: 'delay', ms: 700 });
      const shown = start('create -y -n env python=3.12 greet links', { columns, rows });
      await shown.waitFor(/Downloading packages +\d/);
      await shown.waitForPrompt(15);
      const lines = shown.history().split('\n');
      const phases = lines.filter((line) => /^\S.*: done/.test(line)).map((line) => line.split(':')[0]);
      expect(phases).toEqual([
        'Collecting package metadata',
        'Solving environment',
        'Downloading packages',
        'Extracting packages',
        'Executing transaction',
      ]);
      expect(lines.join('\n')).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏━╌]/);
      expect(await isSane(shown)).toBe(true);
    });

    test('a plan says why, how large and how much in all, and wraps nowhere', async () => {
      const shown = start('create -n env python=3.12 greet links', { columns, rows });
      await shown.waitFor(/Proceed \(\[y\]\/n\)\?/);
      const lines = shown.history({ isJoined: true }).split('\n');
      const table = lines.slice(lines.indexOf('Install') + lines.indexOf('Install: requested') + 1);
      expect(table.length).toBeGreaterThan(5);
      for (const line of table) expect(line.length).toBeLessThan(columns);
      const text = lines.join('\n');
      expect(text).toMatch(/^\+ greet .* \d+ KB/m);
      expect(text).toMatch(columns < 60 ? /^Install: dep of python$/m : /^\+ zlib-like .* dep of python$/m);
      expect(text).toMatch(/^6 to install, \d+ KB to download/m);
      shown.type('n');
      expect(await isSane(shown)).toBe(true);
    });

    test('live lines stand once, and wrap nowhere', async () => {
      server.failAlways(/\.(?:conda|bz2)$/, { kind: 'stall', after: 400 });
      const shown = start('create -y -n env python=3.12 greet links meta', { columns, rows });
      await shown.waitFor(/Downloading packages +\d\/\d/);
      await sleep(400);
      const live = shown.screen().split('\n');
      expect(live.filter((line) => line.includes('Downloading packages'))).toHaveLength(1);
      expect(live.length).toBeLessThanOrEqual(rows);
      expect(shown.history().match(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] Downloading/g)).toHaveLength(1);
      shown.press('C-c');
      await shown.waitFor(/KeyboardInterrupt/);
      expect(shown.history()).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏━╌]/);
      expect(await isSane(shown)).toBe(true);
    });
  });

  test('a slow channel shows how fast it is and how long it will take', async () => {
    server.failAlways(/\.(?:conda|bz2)$/, { kind: 'slow', bytesPerSecond: 40_000 });
    const shown = start('create -y -n env large', { channel: await servedChannel(200_000) });
    await shown.waitFor(/Downloading packages {2}0\/1 {2}━*╌+ +\d+ of 14\d KB {2} *\d+ KB\/s {2}0:0\d$/m);
    await shown.waitFor(/^ {2}large 1\.0 +━+╌* +\d+ of 14\d KB$/m);
    await shown.waitFor(/Downloading packages: done \(1 fetched, 14\d KB\)/);
    expect(await isSane(shown)).toBe(true);
  });

  test('a channel that says nothing, or fails and is tried again, is told of while it runs', async () => {
    server.fail(/\.conda$/, { kind: 'status', status: 503 }, { kind: 'stall', after: 200 });
    const shown = start('create -y -n env greet=1.1');
    await shown.waitFor(/warning: .*HTTP 503;\s+trying again in 1 s/s);
    await shown.waitFor(/Downloading packages/);
    await shown.waitFor(/nothing for 3 s/);
    shown.press('C-c');
    await shown.waitFor(/KeyboardInterrupt/);
    expect(await isSane(shown)).toBe(true);
  });

  test('with --json is one value there too, without a question', async () => {
    const shown = start('create -n env links --json > out; cat out | tail -2; echo "=$?"');
    await shown.waitFor(/=0/);
    expect(JSON.parse(readFileSync(path.join(path.dirname(home.directory), 'out'), 'utf8'))).toMatchObject({
      success: true,
    });
    shown.type('clear; tconda install -y -n env greet --json');
    await shown.waitFor(/^\}$/m, 15);
    await shown.waitForPrompt();
    expect(shown.history({ hasEscapes: true }).slice(shown.history().lastIndexOf('--json'))).not.toMatch(
      MOVES,
    );
  });

  test('made larger and smaller while it runs, a terminal is not filled with old lines', async () => {
    server.failAlways(/\.(?:conda|bz2)$/, { kind: 'stall', after: 400 });
    const shown = start('create -y -n env python=3.12 greet links meta', { columns: 60, rows: 20 });
    await shown.waitFor(/Downloading packages +\d\/\d/);
    // Where a terminal breaks lines anew it decides itself where the cursor is, so each time may leave a row behind, but no more.
    let allowed = 1;
    for (const [columns, rows, mayLeave] of [
      [100, 30, 0],
      [120, 40, 0],
      [50, 40, 1],
      [40, 20, 1],
      [90, 24, 0],
    ] as const) {
      allowed += mayLeave;
      shown.resize(columns, rows);
      // oxlint-disable-next-line no-await-in-loop
      await sleep(600);
      const live = shown.screen();
      expect(live.match(/Downloading packages/g)?.length).toBeLessThanOrEqual(allowed);
      // As wide as there is room for now.
      expect(live.includes('━')).toBe(columns >= 60);
    }
    shown.press('C-c');
    await shown.waitFor(/KeyboardInterrupt/);
    expect(await isSane(shown)).toBe(true);
  });

  describe('Ctrl-C', () => {
    /** Presses it when the screen shows the pattern; nothing of the environment may be left. */
    async function interrupt(shown: Terminal, when: RegExp, delay = 100): Promise<boolean> {
      await shown.waitFor(when);
      await sleep(delay);
      shown.press('C-c');
      await shown.waitFor(/KeyboardInterrupt: interrupted/);
      expect(await isSane(shown)).toBe(true);
      expect(existsSync(home.prefix('env'))).toBe(false);
      return !existsSync(path.join(home.directory, '.conda', 'environments.txt'));
    }

    test('while indexes are loaded', async () => {
      server.failAlways(/repodata/, { kind: 'delay', ms: 60_000 });
      expect(await interrupt(start('create -y -n env greet'), /Collecting package metadata/)).toBe(true);
    });

    test('while solving', async () => {
      // It would think for half a minute.
      const { url, specs } = await hardChannel();
      const shown = start(`create -y -n env ${specs}`, { channel: url });
      await shown.waitFor(/Solving environment/);
      await sleep(300);
      shown.press('C-c');
      expect(await isSane(shown)).toBe(true);
      expect(existsSync(home.prefix('env'))).toBe(false);
    });

    test('at the question', async () => {
      const shown = start('create -n env greet');
      expect(await interrupt(shown, /Proceed \(\[y\]\/n\)\?/)).toBe(true);
    });

    test('while downloading', async () => {
      server.failAlways(/\.(?:conda|bz2)$/, { kind: 'stall', after: 200 });
      expect(await interrupt(start('create -y -n env greet'), /Downloading packages/)).toBe(true);
    });

    test('while extracting', async () => {
      const shown = start('create -y -n env large', { channel: await largeChannel() });
      expect(await interrupt(shown, /Extracting packages +0/, 0)).toBe(true);
    });

    test('while linking', async () => {
      const shown = start('create -y -n env second', { channel: await linkingChannel() });
      expect(await interrupt(shown, /Executing transaction +1\/2/)).toBe(true);
    });

    test('while compiling', async () => {
      const shown = start('create -y -n env module', { channel: await compilingChannel() });
      expect(await interrupt(shown, /Executing transaction +3\/3/)).toBe(true);
    });

    test('while a script of a package runs', async () => {
      const url = await scriptChannel();
      const shown = start('create -y -n env slow-script', { channel: url });
      expect(await interrupt(shown, /Executing transaction +1\/1/, 300)).toBe(true);
    });

    test('twice, and the environment is the old one at the next call', async () => {
      await home.tconda('create', '-y', '-n', 'env', '--override-channels', '-c', server.url, 'ladder=1.9');
      const before = treeOf(home.prefix('env'));
      const url = await scriptChannel();
      const shown = start('install -y -n env slow-script', { channel: url });
      await shown.waitFor(/Executing transaction +1\/1/);
      shown.press('C-c');
      shown.press('C-c');
      await shown.waitFor(/KeyboardInterrupt: interrupted|Cut off: /);
      expect(await isSane(shown)).toBe(true);
      await home.tconda('list', '-n', 'env');
      await home.tconda(
        'install',
        '-y',
        '-n',
        'env',
        '--offline',
        '--override-channels',
        '-c',
        server.url,
        'ladder',
      );
      expect(treeOf(home.prefix('env'))).toEqual(before);
    });
  });

  test('Ctrl-Z stops it with the terminal in order, and it goes on', async () => {
    server.failAlways(/\.(?:conda|bz2)$/, { kind: 'delay', ms: 1500 });
    const shown = start('create -y -n env greet');
    await shown.waitFor(/Downloading packages/);
    shown.press('C-z');
    await shown.waitFor(/Stopped/);
    expect(await isSane(shown)).toBe(true);
    shown.type('fg');
    await shown.waitFor(/Executing transaction: done/);
    expect(await isSane(shown)).toBe(true);
    expect(existsSync(home.prefix('env'))).toBe(true);
  });

  test('killed outright it leaves the terminal in order', async () => {
    server.failAlways(/\.(?:conda|bz2)$/, { kind: 'stall', after: 200 });
    const shown = start('create -y -n env greet');
    await shown.waitFor(/Downloading packages/);
    for (const pid of shown.children()) process.kill(pid, 'SIGKILL');
    expect(await isSane(shown)).toBe(true);
  });

  test('a terminal that is closed ends it, and the environment is what it was', async () => {
    server.failAlways(/\.(?:conda|bz2)$/, { kind: 'stall', after: 200 });
    const shown = start('create -y -n env greet');
    await shown.waitFor(/Downloading packages/);
    const [pid = 0] = shown.children();
    shown.close();
    const isGone = (): boolean => !existsSync(`/proc/${pid}`);
    for (let waited = 0; waited < 100 && !isGone(); waited++) {
      // oxlint-disable-next-line no-await-in-loop
      await sleep(50);
    }
    expect(isGone()).toBe(true);
    expect(existsSync(home.prefix('env'))).toBe(false);
  });

  test('an answer that is none is asked for again, and "n" changes nothing', async () => {
    const shown = start('create -n env greet');
    await shown.waitFor(/Proceed \(\[y\]\/n\)\?/);
    shown.type('perhaps');
    await shown.waitFor(/Invalid choice: perhaps/);
    shown.type('n');
    expect(await isSane(shown)).toBe(true);
    expect(existsSync(home.prefix('env'))).toBe(false);
  });
});

describe.runIf(isReady)('what is printed', () => {
  const create = ['create', '-y', '-n', 'env', '--override-channels', '-c'];

  test('without a terminal has no escape sequence, and lines for phases', async () => {
    const { stdout, stderr } = await home.tconda(...create, server.url, 'greet');
    expect(stdout + stderr).not.toContain('\u001b');
    expect(stdout).toMatch(/^Downloading packages: done/m);
    expect(stdout).not.toContain('\r');
  });

  test.each(['--json', '--json=events'])(
    'with %s after SIGTERM is JSON, and the exit code 143',
    async (flag) => {
      server.failAlways(/\.(?:conda|bz2)$/, { kind: 'stall', after: 200 });
      const child = spawn(process.execPath, [CLI, ...create, server.url, 'greet', flag], {
        env: home.env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      while (server.paths().filter((asked) => asked.endsWith('.conda')).length === 0) {
        // oxlint-disable-next-line no-await-in-loop
        await sleep(50);
      }
      child.kill('SIGTERM');
      const code = await new Promise((resolve) => child.on('close', resolve));
      expect(code).toBe(143);
      const values = (flag === '--json' ? [stdout] : stdout.trim().split('\n')).map(
        (text) => JSON.parse(text) as { readonly code?: string; readonly error?: { readonly code?: string } },
      );
      expect(values.at(-1)?.code ?? values.at(-1)?.error?.code).toBe('INTERRUPTED');
    },
  );

  test('with FORCE_COLOR is coloured without a terminal too, but not redrawn', async () => {
    const run = makeHome('home', { FORCE_COLOR: '1' });
    const { stdout } = await run.tconda(...create, server.url, 'greet');
    run.remove();
    expect(stdout).toContain('\u001b[1m');
    expect(stdout).not.toMatch(MOVES);
  });

  test.each([
    ['CI', { CI: 'true' }],
    ['TERM=dumb', { TERM: 'dumb' }],
  ])('at a terminal with %s is plain lines', async (_, env) => {
    useChannel(server.url);
    const again = openTerminal({ env: home.env, cwd: home.directory });
    terminal = again;
    const words = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    again.type(
      `script -qc "env ${words.join(' ')} '${process.execPath}' '${CLI}' create -y -n env greet" out`,
    );
    await again.waitFor(/Executing transaction: done/);
    await again.waitFor(/here>$/);
    const text = readFileSync(path.join(home.directory, 'out'), 'utf8');
    expect(text).not.toMatch(MOVES);
  });

  test('at a terminal with -q is nothing, and with NO_COLOR has no colours', async () => {
    const quiet = start('create -q -y -n env greet');
    await quiet.waitForPrompt();
    quiet.type('clear; tconda install -q -y -n env links; echo "=$?"');
    await quiet.waitFor(/^=0$/m);
    expect(quiet.screen()).not.toMatch(/Downloading|Executing|[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
    quiet.close();
    const plain = start('create -y -n env2 greet', { env: { NO_COLOR: '1' } });
    await plain.waitForPrompt();
    expect(plain.history({ hasEscapes: true })).not.toContain('\u001b');
  });
});

/** A package of about so many bytes that can't be packed, served over HTTP. */
async function servedChannel(bytes: number): Promise<string> {
  const directory = path.join(home.directory, 'served');
  mkdirSync(path.join(directory, 'noarch'), { recursive: true });
  await makePackage(path.join(directory, 'noarch'), 'large 1.0 0', {
    files: { 'share/noise': randomBytes((bytes * 3) / 4).toString('base64') },
  });
  await indexChannel(directory);
  for (const file of ['noarch/repodata.json', 'noarch/large-1.0-0.conda']) {
    server.put(`/served/${file}`, readFileSync(path.join(directory, file)));
  }
  server.put('/served/linux-64/repodata.json', '{"packages": {}, "packages.conda": {}}');
  return `${server.url}/served`;
}

/** Packages that ask for more holes than there are: the solver has to try everything. */
async function hardChannel(): Promise<{ url: string; specs: string }> {
  const size = 12;
  const names = Array.from({ length: size + 1 }, (_, index) => `pigeon${index}`);
  const records = names.flatMap((name) =>
    Array.from({ length: size }, (_, hole) =>
      raw(`${name} ${hole + 1}.0 0`, {
        subdir: 'noarch',
        constrains: names.filter((other) => other !== name).map((other) => `${other} !=${hole + 1}.0`),
      }),
    ),
  );
  const directory = path.join(home.directory, 'hard');
  await writeChannel(directory, { noarch: records, 'linux-64': [] });
  return { url: pathToFileURL(directory).href, specs: names.join(' ') };
}

/** A package with thousands of files. */
async function largeChannel(): Promise<string> {
  const directory = path.join(home.directory, 'large');
  mkdirSync(path.join(directory, 'noarch'), { recursive: true });
  const files = Object.fromEntries(
    Array.from({ length: 3000 }, (_, index) => [`share/${index % 60}/${index}.txt`, `${index}\n`]),
  );
  await makePackage(path.join(directory, 'noarch'), 'large 1.0 0', { files });
  await indexChannel(directory);
  return pathToFileURL(directory).href;
}

/** Two packages, the second of which takes its time before it is linked. */
async function linkingChannel(): Promise<string> {
  const directory = path.join(home.directory, 'linking');
  await makePackage(path.join(directory, 'noarch'), 'first 1.0 0', { files: { 'share/first': '1' } });
  await makePackage(path.join(directory, 'linux-64'), 'second 1.0 0', {
    index: { subdir: 'linux-64', depends: ['first'] },
    files: { 'bin/.second-pre-link.sh': { content: 'sleep 30\n', mode: 0o755 } },
  });
  await indexChannel(directory);
  return pathToFileURL(directory).href;
}

/** A package whose script takes its time. */
async function scriptChannel(): Promise<string> {
  const directory = path.join(home.directory, 'scripts');
  mkdirSync(path.join(directory, 'linux-64'), { recursive: true });
  await makePackage(path.join(directory, 'linux-64'), 'slow-script 1.0 0', {
    index: { subdir: 'linux-64' },
    files: { 'bin/.slow-script-post-link.sh': { content: 'sleep 30\n', mode: 0o755 } },
  });
  await indexChannel(directory);
  return pathToFileURL(directory).href;
}

/** A python that takes its time to compile. */
async function compilingChannel(): Promise<string> {
  const directory = path.join(home.directory, 'compiling');
  await makePackage(path.join(directory, 'linux-64'), 'python 3.12.7 0_cpython', {
    index: { subdir: 'linux-64' },
    files: { 'bin/python3.12': { content: '#!/bin/sh\nsleep 30\n', mode: 0o755 } },
  });
  await makePackage(path.join(directory, 'noarch'), 'pip 24.0 0');
  await makePackage(path.join(directory, 'noarch'), 'module 1.0 py_0', {
    index: { noarch: 'python', depends: ['python >=3'] },
    files: { 'site-packages/module.py': 'x = 1\n' },
  });
  await indexChannel(directory);
  return pathToFileURL(directory).href;
}
