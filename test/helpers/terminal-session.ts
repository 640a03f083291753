import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';

import { CLI, type Home, makeHome, SAMPLE } from './cli.ts';
import { startServer, type TestServer } from './server.ts';
import { hasTmux, openTerminal, type Terminal } from './terminal.ts';

/** What draws over something. */
export const MOVES = new RegExp(String.raw`${'\u001b'}\[[\d?;]*[A-Za-ln-z]|\r(?!\n)|[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]`);

/** Whether there is all that a session needs. */
export const isReady = hasTmux && existsSync(CLI) && existsSync(SAMPLE);

export interface StartOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** The only channel; the server of the session when it is not given. */
  readonly channel?: string;
}

/** For each test a new home, and a terminal in it. */
export interface Session {
  readonly server: TestServer;
  readonly home: Home;
  /** Opens a terminal, and calls `tconda` in it. */
  readonly start: (args: string, options?: StartOptions) => Terminal;
  /** Opens a terminal with nothing in it yet. */
  readonly open: (options?: StartOptions) => Terminal;
  /** Answers for archives are right, but wait for the function that this gives. */
  readonly holdArchives: () => () => void;
}

/** Opens a server for the tests of a file, and a home and terminals for each; all are gone at its end. */
export function terminalSession(): Session {
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

  const open = ({ columns = 80, rows = 24, env = {}, channel = server.url }: StartOptions = {}): Terminal => {
    mkdirSync(home.directory, { recursive: true });
    writeFileSync(path.join(home.directory, '.condarc'), `channels: ['${channel}']\n`);
    terminal?.close();
    terminal = openTerminal({
      columns,
      rows,
      env: { ...home.env, ...env },
      cwd: path.dirname(home.directory),
    });
    terminal.type(`tconda() { '${process.execPath}' '${CLI}' "$@"; }; clear`);
    return terminal;
  };
  return {
    get server() {
      return server;
    },
    get home() {
      return home;
    },
    open,
    start: (args, options) => {
      const opened = open(options);
      opened.type(`tconda ${args}`);
      return opened;
    },
    holdArchives: () => {
      let release = (): void => {};
      const until = new Promise<void>((resolve) => (release = resolve));
      server.failAlways(/\.(?:conda|bz2)$/, { kind: 'hold', until });
      return release;
    },
  };
}

/** What a program must leave behind, however it ended: a prompt on its own line, cursor, echo, line editing. */
export async function isSane(shown: Terminal): Promise<boolean> {
  await shown.waitForPrompt();
  expect(shown.state()).toEqual({ isCursorShown: true, isAlternate: false, wraps: true });
  shown.type('stty -a | grep -ow -e "-\\?echo" -e "-\\?icanon" -e "-\\?isig" | tr "\\n" ,; echo =end');
  await shown.waitFor(/,=end$/m);
  expect(shown.screen()).toMatch(/^isig,icanon,echo,=end$/m);
  return shown.screen().includes('stty -a | grep');
}
