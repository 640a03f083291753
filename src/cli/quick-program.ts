import type { CommandSpec, Context, GlobalOptions } from '../commands/command.ts';
import { globalOptions } from '../commands/options.ts';
import { currentHost } from '../host/index.ts';
import { makeStyle, wantsColours } from '../report/style.ts';
import { formatAnswer, formatFailure, formatLoss } from './answer.ts';
import { exitCodeOf } from './exit.ts';
import { isTerminal } from './is-terminal.ts';
import { readPlainArguments } from './plain-arguments.ts';
import { decideUnasked } from './unasked.ts';
import { writeAll, writeError } from './write-all.ts';

/**
 * Answers a small command that people and editors call all the time and wait for, with the code of that command but without the machinery around the large ones: no terminal display, no signals, no option parser.
 * @param args what stands behind the command's name
 * @param argv the whole command line
 * @returns what the process shall exit with; undefined, with nothing done, where the whole program must look at it. Never throws
 */
export async function runQuickly(
  command: CommandSpec,
  args: readonly string[],
  argv: readonly string[],
): Promise<number | undefined> {
  const parsed = readPlainArguments(args, [...command.options, globalOptions], command.operands);
  // What is told of while it happens needs a display.
  if (parsed === undefined || parsed.values['jsonEvents'] === true || parsed.values['debug'] === true) {
    return undefined;
  }
  const global = {
    json: parsed.values['json'] === true,
    quiet: parsed.values['quiet'] === true,
    verbosity: 0,
  };
  try {
    const result = await command.run(parsed.operands, parsed.values, quickContext(argv, global));
    if (result.kind !== 'output') return undefined;
    const answer = formatAnswer(result, global, () => isTerminal(1));
    const isWritten = writeOut(answer.stdout);
    writeError(answer.stderr);
    return isWritten ? (result.exitCode ?? 0) : result.exitCode || 1;
  } catch (error) {
    const answer = formatFailure(error, global, false);
    writeOut(answer.stdout);
    writeError(answer.stderr);
    return exitCodeOf(error);
  }
}

function quickContext(
  argv: readonly string[],
  global: { -readonly [K in keyof GlobalOptions]: GlobalOptions[K] },
): Context {
  const host = currentHost();
  return {
    host,
    global,
    get style() {
      return makeStyle(wantsColours(host.env, () => isTerminal(1)));
    },
    adopt: (settings) => {
      global.json ||= settings.json;
      global.quiet ||= settings.quiet;
      global.verbosity ||= settings.verbosity;
    },
    commandLine: argv,
    get signal() {
      return new AbortController().signal;
    },
    report: () => {},
    say: (...lines) => {
      if (!global.json) writeOut(lines.map((text) => `${text}\n`).join(''));
    },
    warn: (text) => writeError(`${text}\n`),
    // None of these commands asks.
    ask: async (question) => decideUnasked(question, global.json),
  };
}

/** @returns whether it could be written, or nobody wants it any more */
function writeOut(text: string): boolean {
  try {
    writeAll(1, text);
    return true;
  } catch (error) {
    writeError(formatLoss(error instanceof Error ? error : new Error(String(error))));
    return false;
  }
}
