import type { CommandResult, Context, GlobalOptions, OptionValues } from '../commands/command.ts';
import { globalOptions } from '../commands/options.ts';
import { COMMANDS } from '../commands/table.ts';
import { currentHost } from '../host/index.ts';
import type { ProgressEvent } from '../model/event.ts';
import { TOOL } from '../model/tool.ts';
import { makeStyle, wantsColours } from '../report/style.ts';
import { wrapWords } from '../report/wrap-words.ts';
import { type Answer, formatAnswer, formatFailure, formatLoss } from './answer.ts';
import { canRedraw, chooseDisplay } from './choose-display.ts';
import { type CommandLine, readCommandLine } from './command-line.ts';
import { findExternal, inheritedEnvironment } from './external-command.ts';
import { exitCodeOf } from './exit.ts';
import { formatHelp } from './help.ts';
import { type Output, outputTo } from './output.ts';
import { longName, parseArguments } from './parse-arguments.ts';
import type { ProgressDisplay, ProgressDisplayOptions } from './progress-display.ts';
import { listenToSignals, type Signals } from './signals.ts';
import { canAsk, decideUnasked } from './unasked.ts';

interface Session {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly signals: Signals;
}

interface Opened {
  readonly context: Context;
  readonly display: ProgressDisplay;
}

/** Runs one command line and says what the process shall exit with. Never throws. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const stderr = outputTo(process.stderr, () => {});
  let isLost = false;
  const stdout = outputTo(process.stdout, (error) => {
    isLost = true;
    stderr.write(formatLoss(error));
  });
  let display: ProgressDisplay | undefined;
  const signals = listenToSignals(() => display?.pause());
  const session: Session = { stdout, stderr, signals };
  let global: GlobalOptions = {
    json: wantsJson(argv),
    quiet: false,
    verbosity: 0,
    events: wantsEvents(argv),
  };
  const onOpen = (opened: Opened): void => {
    ({ display } = opened);
    ({ global } = opened.context);
  };
  try {
    const line = readCommandLine(argv, COMMANDS, globalOptions.options, (name) =>
      findExternal(name, currentHost()),
    );
    const code = await runLine(line, argv, session, onOpen);
    await stdout.flush();
    return isLost && code === 0 ? 1 : code;
  } catch (error) {
    display?.pause();
    print(formatFailure(error, global, argv.includes('--debug')), session);
    return exitCodeOf(error);
  } finally {
    display?.pause();
    signals.release();
    await stdout.flush();
    await stderr.flush();
  }
}

async function runLine(
  line: CommandLine,
  argv: readonly string[],
  session: Session,
  onOpen: (opened: Opened) => void,
): Promise<number> {
  const { stdout } = session;
  switch (line.kind) {
    case 'version':
      stdout.write(`${TOOL.name} ${TOOL.version}\n`);
      return 0;
    case 'help':
      stdout.write(`${formatHelp(line.path, line.entries).join('\n')}\n`);
      return 0;
    case 'external': {
      const { execProgram } = await import('./exec-program.ts');
      const { file, args } = line;
      return execProgram(
        { kind: 'exec', file, args, env: inheritedEnvironment(currentHost()) },
        session.signals,
        session.stderr.write,
      );
    }
    case 'shell': {
      const { runShellCommand } = await import('../commands/shell.ts');
      const { context } = openContext(argv, { json: false, quiet: true, verbosity: 0 }, session);
      return finish(await runShellCommand(line.shell, line.args, context), context, session);
    }
    case 'command': {
      const spec = await line.entry.load();
      const name = ['tconda', ...line.path].join(' ');
      const parsed = parseArguments(name, spec, globalOptions, line.args);
      if (parsed.kind === 'help') {
        stdout.write(parsed.text);
        return 0;
      }
      const opened = openContext(argv, readGlobals(parsed.values), session);
      const { context, display } = opened;
      onOpen(opened);
      if (context.global.verbosity > 0) {
        for (const option of parsed.ignored) {
          context.warn(`note: ${longName(option)} changes nothing: ${option.noEffect ?? ''}`);
        }
      }
      const result = await spec.run(parsed.operands, parsed.values, context);
      display.pause();
      return finish(result, context, session);
    }
  }
}

function readGlobals(values: OptionValues): GlobalOptions {
  const verbose = values['verbose'];
  const events = values['jsonEvents'] === true;
  return {
    json: values['json'] === true || values['console'] === 'json' || events,
    events,
    quiet: values['quiet'] === true,
    verbosity: values['debug'] === true ? 3 : typeof verbose === 'number' ? verbose : 0,
  };
}

function openContext(argv: readonly string[], given: GlobalOptions, session: Session): Opened {
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
  const display: ProgressDisplay = {
    report: (event) => {
      current.report(event);
      // A hard question keeps the process from listening, and nothing has changed yet: a person need not wait for its end.
      if (!global.json && host.terminal.input && isOfSolving(event)) {
        signals.listen(event.kind === 'phase-finished');
      }
    },
    print: (text) => current.print(text),
    aside: (write) => current.aside(write),
    pause: () => current.pause(),
  };
  const context: Context = {
    host,
    global,
    style,
    ...(stdout.isTerminal && { columns: stdout.columns }),
    adopt: (settings) => {
      const isSame = (global.json || !settings.json) && (global.quiet || !settings.quiet);
      global.json ||= settings.json;
      global.quiet ||= settings.quiet;
      global.verbosity ||= settings.verbosity;
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

async function finish(result: CommandResult, context: Context, session: Session): Promise<number> {
  const { stdout, stderr, signals } = session;
  if (result.kind === 'exec') {
    const { execProgram } = await import('./exec-program.ts');
    try {
      return await execProgram(result, signals, stderr.write);
    } finally {
      await result.after?.();
    }
  }
  print(
    formatAnswer(result, context.global, () => stdout.isTerminal),
    session,
  );
  return result.exitCode ?? 0;
}

function print(answer: Answer, { stdout, stderr }: Session): void {
  stdout.write(answer.stdout);
  stderr.write(answer.stderr);
}

/** What the command line asks for before anybody has read it. */
function wantsJson(argv: readonly string[]): boolean {
  return beforeOperands(argv).includes('--json');
}

function wantsEvents(argv: readonly string[]): boolean {
  return beforeOperands(argv).some(
    (argument) => argument === '--json=events' || argument === '--json-events',
  );
}

function beforeOperands(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? undefined : end);
}
