import type { CommandResult, GlobalOptions, OptionValues } from '../commands/command.ts';
import { globalOptions } from '../commands/options.ts';
import { findExternal, inheritedEnvironment } from '../commands/external-commands.ts';
import { COMMANDS } from '../commands/table.ts';
import { currentHost } from '../host/index.ts';
import { TOOL } from '../model/tool.ts';
import { type Answer, formatAnswer, formatCutOff, formatFailure, formatLoss } from './answer.ts';
import { type CommandLine, readCommandLine } from './command-line.ts';
import { exitCodeOf } from './exit.ts';
import { formatHelp } from './help.ts';
import { commandHelpToJson, groupHelpToJson } from './help-json.ts';
import { type CommandDisplay, type Opened, openContext, type Session } from './open-context.ts';
import { outputTo } from './output.ts';
import { longName, parseArguments } from './parse-arguments.ts';
import { listenToSignals } from './signals.ts';
import { withUsageHint } from './usage-hint.ts';
import { wantsJson } from './wants-json.ts';

/** Runs one command line and says what the process shall exit with. Never throws. */
export async function runProgram(argv: readonly string[]): Promise<number> {
  const stderr = outputTo(process.stderr, () => {});
  let isLost = false;
  const stdout = outputTo(process.stdout, (error) => {
    isLost = true;
    stderr.write(formatLoss(error));
  });
  let display: CommandDisplay | undefined;
  const signals = listenToSignals((signal) => {
    display?.end();
    print(formatCutOff(global, signal), session);
  });
  const session: Session = { stdout, stderr, signals };
  let global: GlobalOptions = { ...wantsJson(argv, process), quiet: false, verbosity: 0 };
  // What goes wrong where nobody waits for it is said in the form that is wanted, too.
  const crash = (error: unknown): never => {
    display?.end();
    print(formatFailure(error, global, true, signals.received()), session);
    process.exit(exitCodeOf(error, signals.received()));
  };
  process.on('uncaughtException', crash);
  const onOpen = (opened: Opened): void => {
    ({ display } = opened);
    ({ global } = opened.context);
  };
  try {
    const line = readCommandLine(argv, COMMANDS, globalOptions.options, (name) =>
      findExternal(name, currentHost()),
    );
    const code = await runLine(line, argv, global, session, onOpen);
    await stdout.flush();
    return isLost && code === 0 ? 1 : code;
  } catch (error) {
    display?.end();
    if (display === undefined && !global.json) global = { ...global, json: await settingsWantJson() };
    print(formatFailure(error, global, argv.includes('--debug'), signals.received()), session);
    return exitCodeOf(error, signals.received());
  } finally {
    display?.pause();
    signals.release();
    process.off('uncaughtException', crash);
    await stdout.flush();
    await stderr.flush();
  }
}

async function runLine(
  line: CommandLine,
  argv: readonly string[],
  wished: GlobalOptions,
  session: Session,
  onOpen: (opened: Opened) => void,
): Promise<number> {
  const tell: Tell = (json, lines) => finish({ kind: 'output', json, lines }, wished, session);
  switch (line.kind) {
    case 'version':
      return tell({ success: true, ...TOOL }, [`${TOOL.name} ${TOOL.version}`]);
    case 'help':
      return tell(groupHelpToJson(line.path, line.entries), formatHelp(line.path, line.entries));
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
      const { context } = openContext(argv, { ...wished, quiet: true }, session);
      const args = line.args.filter((argument) => argument !== '--json');
      const { lines } = await runShellCommand(line.shell, args, context);
      return tell({ success: true, code: lines.join('\n') }, lines);
    }
    case 'command':
      try {
        return await runCommand(line, argv, session, { onOpen, tell });
      } catch (error) {
        throw withUsageHint(error, nameOf(line));
      }
  }
}

type Tell = (json: unknown, lines: readonly string[]) => Promise<number>;

async function runCommand(
  line: CommandLine & { readonly kind: 'command' },
  argv: readonly string[],
  session: Session,
  { onOpen, tell }: { readonly onOpen: (opened: Opened) => void; readonly tell: Tell },
): Promise<number> {
  const spec = await line.entry.load();
  const name = nameOf(line);
  const parsed = parseArguments(name, spec, globalOptions, line.args);
  if (parsed.kind === 'help') {
    return tell(commandHelpToJson(name, spec, globalOptions), parsed.text.trimEnd().split('\n'));
  }
  const given = readGlobals(parsed.values);
  const opened = openContext(argv, given, session);
  const { context, display } = opened;
  onOpen(opened);
  if (context.global.verbosity > 0) {
    for (const option of parsed.ignored) {
      context.warn(`note: ${longName(option)} changes nothing: ${option.noEffect ?? ''}`);
    }
  }
  const result = await spec.run(parsed.operands, parsed.values, context);
  // What ran for a while is cleaned up behind it.
  if (result.kind === 'exec') display.pause();
  else display.end();
  // Only the command line can mean the output of a program.
  return finish(result, result.kind === 'exec' ? given : context.global, session);
}

function nameOf({ path }: { readonly path: readonly string[] }): string {
  return ['tconda', ...path].join(' ');
}

/** For what is wrong before a command has loaded its settings. */
async function settingsWantJson(): Promise<boolean> {
  try {
    const { loadConfig } = await import('../config/index.ts');
    return (await loadConfig(currentHost())).get('json');
  } catch {
    // What is wrong with them is told of by commands that need them.
    return false;
  }
}

/** micromamba's levels, as numbers of `-v`. */
const LOG_LEVELS: Readonly<Record<string, number>> = { info: 2, debug: 3, trace: 4 };

function readGlobals(values: OptionValues): GlobalOptions {
  const verbose = values['verbose'];
  const events = values['jsonEvents'] === true;
  return {
    json: values['json'] === true || values['console'] === 'json' || events,
    events,
    quiet: values['quiet'] === true,
    verbosity: Math.max(
      values['debug'] === true ? 3 : 0,
      typeof verbose === 'number' ? verbose : 0,
      LOG_LEVELS[String(values['logLevel'])] ?? 0,
    ),
  };
}

async function finish(result: CommandResult, global: GlobalOptions, session: Session): Promise<number> {
  const { stdout, stderr, signals } = session;
  if (result.kind === 'exec') {
    try {
      if (global.json) {
        const { captureProgram } = await import('./capture-program.ts');
        return await finish(await captureProgram(result, signals), global, session);
      }
      const { execProgram } = await import('./exec-program.ts');
      return await execProgram(result, signals, stderr.write);
    } finally {
      await result.after?.();
    }
  }
  print(
    formatAnswer(result, global, () => stdout.isTerminal),
    session,
  );
  return result.exitCode ?? 0;
}

function print(answer: Answer, { stdout, stderr }: Session): void {
  stdout.write(answer.stdout);
  stderr.write(answer.stderr);
}
