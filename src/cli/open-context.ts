import type { Context, GlobalOptions } from '../commands/command.ts';
import { currentHost } from '../host/index.ts';
import type { ProgressEvent } from '../model/event.ts';
import { makeStyle, wantsColours } from '../report/style.ts';
import { wrapWords } from '../report/wrap-words.ts';
import { canRedraw, chooseDisplay } from './choose-display.ts';
import type { Output } from './output.ts';
import type { ProgressDisplay, ProgressDisplayOptions } from './progress-display.ts';
import type { Signals } from './signals.ts';
import { canAsk, decideUnasked } from './unasked.ts';

/** The streams and signals of this process, while one command line runs. */
export interface Session {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly signals: Signals;
}

/** What a command gets, and what shows how far it is. */
export interface Opened {
  readonly context: Context;
  readonly display: CommandDisplay;
}

/** What shows how far a command is. */
export interface CommandDisplay extends ProgressDisplay {
  /** The outcome comes next: what is still being given up says nothing behind it. */
  readonly end: () => void;
}

/** Makes the outside of a command. Settings that it loads later may change how its output is shown. */
export function openContext(argv: readonly string[], given: GlobalOptions, session: Session): Opened {
  const { stdout, stderr, signals } = session;
  const host = currentHost();
  const global = { ...given };
  const style = makeStyle(wantsColours(host.env, () => stdout.isTerminal));
  const warn = (text: string): void =>
    stderr.write(stderr.isTerminal ? wrapWords(text, stderr.columns()) : text);
  const options: ProgressDisplayOptions = {
    now: () => performance.now(),
    style,
    warn,
    verbosity: given.verbosity,
  };
  const isLive = stdout.isTerminal && canRedraw(host.env);
  let current = chooseDisplay(global, stdout, isLive, options);
  // The settings may want another one.
  let isOver = false;
  const display: CommandDisplay = {
    report: (event) => {
      if (isOver) return;
      current.report(event);
      // A hard question keeps the process from listening, and nothing has changed yet: a person need not wait for its end.
      if (!global.json && host.terminal.input && isOfSolving(event)) {
        signals.listen(event.kind === 'phase-finished');
      }
    },
    print: (text) => current.print(text),
    aside: (write) => current.aside(write),
    pause: () => current.pause(),
    end: () => {
      isOver = true;
      current.pause();
    },
  };
  const context: Context = {
    host,
    global,
    style,
    ...(stdout.isTerminal && { columns: stdout.columns }),
    adopt: (settings) => {
      const { json, quiet, verbosity } = global;
      global.json ||= settings.json;
      global.quiet ||= settings.quiet;
      global.verbosity ||= settings.verbosity;
      const isSame = global.json === json && global.quiet === quiet && global.verbosity === verbosity;
      if (!isSame)
        current = chooseDisplay(global, stdout, isLive, { ...options, verbosity: global.verbosity });
    },
    commandLine: argv,
    signal: signals.signal,
    report: display.report,
    say: (...lines) => {
      if (!global.json) display.print(lines.map((text) => `${text}\n`).join(''));
    },
    warn: (text) => {
      display.aside(() => warn(`${text}\n`));
    },
    ask: async (question) => {
      display.pause();
      if (global.json || !canAsk(host)) return decideUnasked(question, global.json);
      const { askQuestion } = await import('./prompt.ts');
      return askQuestion(question, signals.signal);
    },
  };
  return { context, display };
}

function isOfSolving(event: ProgressEvent): boolean {
  return (event.kind === 'phase-started' || event.kind === 'phase-finished') && event.phase === 'solve';
}
