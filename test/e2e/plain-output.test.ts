import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { CLI, makeHome, run } from '../helpers/cli.ts';
import { isReady, MOVES, terminalSession } from '../helpers/terminal-session.ts';

describe.runIf(isReady)('what is printed', () => {
  const session = terminalSession();
  const create = (...args: readonly string[]): readonly string[] => [
    ...['create', '-y', '-n', 'env', '--override-channels', '-c', session.server.url],
    ...args,
  ];

  test('without a terminal has no escape sequence, and lines for phases', async () => {
    const { stdout, stderr } = await session.home.tconda(...create('greet'));
    expect(stdout + stderr).not.toContain('\u001b');
    expect(stdout).toMatch(/^Downloading packages: done/m);
    expect(stdout).not.toContain('\r');
  });

  test.each(['--json', '--json=events'])(
    'with %s after SIGTERM is JSON, and the exit code 143',
    async (flag) => {
      session.server.failAlways(/\.(?:conda|bz2)$/, { kind: 'stall', after: 200 });
      const child = spawn(process.execPath, [CLI, ...create('greet', flag)], {
        env: session.home.env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      const ended = new Promise((resolve) => child.on('close', resolve));
      await expect
        .poll(() => session.server.paths().some((asked) => asked.endsWith('.conda')), { timeout: 50_000 })
        .toBe(true);
      child.kill('SIGTERM');
      expect(await ended).toBe(143);
      const values = (flag === '--json' ? [stdout] : stdout.trim().split('\n')).map(
        (text) => JSON.parse(text) as { readonly code?: string; readonly error?: { readonly code?: string } },
      );
      expect(values.at(-1)?.code ?? values.at(-1)?.error?.code).toBe('INTERRUPTED');
    },
  );

  test('with FORCE_COLOR is coloured without a terminal too, but not redrawn', async () => {
    const home = makeHome('home', { FORCE_COLOR: '1' });
    const { stdout } = await home.tconda(...create('greet'));
    home.remove();
    expect(stdout).toContain('\u001b[1m');
    expect(stdout).not.toMatch(MOVES);
  });

  test.each([
    ['CI', 'CI=true'],
    ['TERM=dumb', 'TERM=dumb'],
  ])('at a terminal with %s is plain lines', async (_, variable) => {
    const shown = session.open();
    shown.type(
      `script -qc "env ${variable} '${process.execPath}' '${CLI}' create -y -n env greet" out; echo "=$?"`,
    );
    await shown.waitFor(/^=0$/m);
    const text = readFileSync(path.join(path.dirname(session.home.directory), 'out'), 'utf8');
    expect(text).toContain('Executing transaction: done');
    expect(text).not.toMatch(MOVES);
  });

  test('at a terminal with -q has no progress, and with NO_COLOR no colours', async () => {
    const quiet = session.start('create -q -y -n env greet');
    await quiet.waitForPrompt();
    quiet.type('clear; tconda install -q -y -n env links; echo "=$?"');
    await quiet.waitFor(/^=0$/m);
    expect(quiet.screen()).not.toMatch(/Downloading|Executing|[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/);
    const plain = session.start('create -y -n env2 greet', { env: { NO_COLOR: '1' } });
    await plain.waitForPrompt();
    expect(plain.history({ hasEscapes: true })).not.toContain('\u001b');
  });

  const shell = (script: string) => {
    mkdirSync(session.home.directory, { recursive: true });
    writeFileSync(
      path.join(session.home.directory, '.condarc'),
      `channels: ['${session.server.url}']\nchannel_alias: ${session.server.url}\n`,
    );
    const all = `tconda() { '${process.execPath}' '${CLI}' "$@"; }; ${script}`;
    return run('/bin/bash', ['-c', all], session.home.env, session.home.directory);
  };

  test.each(["search '*'", 'config --show', 'info -a', 'create -n env greet --dry-run', 'list --help'])(
    '`%s` to a reader that has gone says nothing of it',
    async (args) => {
      const { code, stderr } = await shell(`tconda ${args} | head -1 >/dev/null; exit \${PIPESTATUS[0]}`);
      expect({ code, stderr: stderr.replace(/\nDryRunExit: .*\n\n/, '') }).toEqual({ code: 0, stderr: '' });
    },
  );

  test
    .runIf(existsSync('/dev/full'))
    .each(["search '*'", 'config --show --json', 'env list', 'list -n base'])(
    '`%s` to a full disk fails, in one sentence',
    async (args) => {
      const { code, stderr } = await shell(`tconda ${args} >/dev/full`);
      expect(code).toBe(1);
      expect(stderr.trim()).toMatch(/^CondaError: The output can't be written: ENOSPC[^\n]*$/);
    },
  );

  test.each(['2>&-', '>&-', '<&- >&- 2>&-'])('with %s the work is done all the same', async (closed) => {
    const { code } = await shell(`tconda create -y -n env greet ${closed}`);
    expect(code).toBe(0);
    expect(existsSync(path.join(session.home.prefix('env'), 'conda-meta', 'history'))).toBe(true);
  });

  test('with stderr closed the exit code still tells of an error', async () => {
    expect(await shell('tconda list -n nosuch 2>&-')).toMatchObject({ code: 1, stdout: '', stderr: '' });
  });

  test('with -v says where records come from, with more of it what is asked, never in between', async () => {
    const said = async (flag: string): Promise<string> => {
      const { stdout, stderr } = await shell(`tconda create -n env greet --dry-run --json ${flag}`);
      expect(JSON.parse(stdout)).toMatchObject({ dry_run: true });
      return stderr;
    };
    const [none, one, two] = [await said(''), await said('-v'), await said('-vv')];
    expect(none).toBe('');
    expect(two.length).toBeGreaterThanOrEqual(one.length);
    expect(two).not.toBe('');
  });
});
