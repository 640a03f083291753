import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

/** A terminal with a shell in it, as a person has one. */
export interface Terminal {
  /** What stands on the screen, lines without trailing blanks. */
  screen(): string;
  /** The same with what scrolled out of it, and with the escape sequences of colours, or with wrapped lines in one piece, if asked for. */
  history(options?: { readonly hasEscapes?: boolean; readonly isJoined?: boolean }): string;
  /** Types a line and Enter. */
  type(line: string): void;
  /** Types text, without Enter. */
  typeKeys(text: string): void;
  /** Presses a key, as tmux calls it: `C-c`, `Enter`. */
  press(key: string): void;
  resize(columns: number, rows: number): void;
  /** Waits until the screen shows it, as long as a loaded machine may take. */
  waitFor(pattern: RegExp): Promise<void>;
  /** Waits until what the screen shows is right. */
  waitUntil(isRight: (shown: string) => boolean): Promise<void>;
  /** Waits until what turns while something runs has turned so often. */
  waitForFrames(count: number): Promise<void>;
  /** Waits until the shell asks for a command again, on a line of its own. */
  waitForPrompt(): Promise<void>;
  /** What a program should have left as it was. */
  state(): { readonly isCursorShown: boolean; readonly isAlternate: boolean; readonly wraps: boolean };
  /** The processes that the shell waits for. */
  children(): readonly number[];
  close(): void;
}

export interface TerminalOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

const PROMPT = 'here>';

/** What turns in front of a line while its phase runs. */
export const SPINNER = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/;

/** Nothing is waited for longer: what takes so long hangs. */
const PATIENCE_MS = 50_000;

/** Starts tmux, a server of its own, with one window of this size and bash in it. */
export function openTerminal({ columns = 80, rows = 24, env, cwd = '/' }: TerminalOptions): Terminal {
  const socket = `tconda-test-${process.pid}-${randomBytes(4).toString('hex')}`;
  const all = { ...env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', HISTFILE: '' };
  const tmux = (...args: readonly string[]): string => {
    const ran = spawnSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], { env: all, encoding: 'utf8' });
    if (ran.status !== 0) throw new Error(`tmux ${args.join(' ')}: ${ran.stderr}`);
    return ran.stdout;
  };
  const size = ['-x', String(columns), '-y', String(rows)];
  tmux('new-session', '-d', ...size, '-c', cwd, 'bash --noprofile --norc');
  tmux('set-option', '-g', 'status', 'off');
  tmux('set-option', '-g', 'window-size', 'manual');
  tmux('resize-window', ...size);
  const screen = (): string => tmux('capture-pane', '-p').replaceAll(/[ \n]+$/g, '');
  const waitUntil = async (isRight: (shown: string) => boolean): Promise<void> => {
    for (const end = Date.now() + PATIENCE_MS; ;) {
      const shown = screen();
      if (isRight(shown)) return;
      if (Date.now() > end) throw new Error(`never saw ${isRight.toString()} in\n${shown}`);
      // oxlint-disable-next-line no-await-in-loop
      await sleep(30);
    }
  };
  const waitFor = (pattern: RegExp): Promise<void> =>
    waitUntil(Object.assign((shown: string) => pattern.test(shown), { toString: () => String(pattern) }));
  // Blanks keep it apart from what the line is that sets it.
  tmux('send-keys', '-l', `PS1='${PROMPT} '; clear`);
  tmux('send-keys', 'Enter');
  return {
    screen,
    history: ({ hasEscapes = false, isJoined = false } = {}) =>
      tmux('capture-pane', '-p', '-S', '-', ...(hasEscapes ? ['-e'] : []), ...(isJoined ? ['-J'] : []))
        .replaceAll(/ +$/gm, '')
        .replaceAll(/\n+$/g, ''),
    type: (line) => {
      tmux('send-keys', '-l', line);
      tmux('send-keys', 'Enter');
    },
    typeKeys: (text) => {
      tmux('send-keys', '-l', text);
    },
    press: (key) => {
      tmux('send-keys', key);
    },
    resize: (x, y) => {
      tmux('resize-window', '-x', String(x), '-y', String(y));
    },
    waitFor,
    waitUntil,
    waitForFrames: (count) => {
      let last: string | undefined;
      let turned = 0;
      return waitUntil((shown) => {
        const now = SPINNER.exec(shown)?.[0];
        if (now !== undefined && last !== undefined && now !== last) turned += 1;
        last = now;
        return turned >= count;
      });
    },
    // A key that comes when the program is gone already is shown before the prompt.
    waitForPrompt: () => waitFor(new RegExp(`(?:^|\\n)(?:\\^C)?${PROMPT}$`)),
    state: () => {
      const [cursor, alternate, wrap] = tmux(
        'display-message',
        '-p',
        '#{cursor_flag} #{alternate_on} #{wrap_flag}',
      )
        .trim()
        .split(' ');
      return { isCursorShown: cursor === '1', isAlternate: alternate === '1', wraps: wrap === '1' };
    },
    children: () => {
      const shell = tmux('display-message', '-p', '#{pane_pid}').trim();
      return spawnSync('pgrep', ['-P', shell], { encoding: 'utf8' }).stdout.trim().split('\n').map(Number);
    },
    close: () => {
      spawnSync('tmux', ['-L', socket, 'kill-server'], { env: all });
    },
  };
}
