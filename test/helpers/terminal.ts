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
  /** Waits until the screen shows it. */
  waitFor(pattern: RegExp, seconds?: number): Promise<void>;
  /** Waits until the shell asks for a command again, on a line of its own. */
  waitForPrompt(seconds?: number): Promise<void>;
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
  const waitFor = async (pattern: RegExp, seconds = 10): Promise<void> => {
    for (const end = Date.now() + seconds * 1000; ;) {
      const shown = screen();
      if (pattern.test(shown)) return;
      if (Date.now() > end) throw new Error(`never saw ${String(pattern)} in\n${shown}`);
      // oxlint-disable-next-line no-await-in-loop
      await sleep(30);
    }
  };
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
    // A key that comes when the program is gone already is shown before the prompt.
    waitForPrompt: (seconds) => waitFor(new RegExp(`(?:^|\\n)(?:\\^C)?${PROMPT}$`), seconds),
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
