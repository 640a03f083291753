#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Script } from 'node:vm';

import { TOOL } from '../model/tool.ts';
import type { runQuickProgram } from './quick-program.ts';
import type { runShellProgram } from './shell-program.ts';
import { writeAll } from './write-all.ts';

/** The parts of the program that are scripts, and the first words that each may be able to answer; it looks closer itself. */
const SCRIPTS = {
  quick: /^(?:list|env|info)$/,
  shell: /^shell\../,
};
type ScriptName = keyof typeof SCRIPTS;

/**
 * What `tconda` starts as: says the version, lets a script try, and loads the whole program for all else. This file and the
 * scripts are CommonJS, which Node starts sooner than modules.
 */
async function start(argv: readonly string[]): Promise<void> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    writeAll(1, `${TOOL.name} ${TOOL.version}\n`);
    return;
  }
  for (const name of ['quick', 'shell'] as const) {
    if (!SCRIPTS[name].test(argv[0] ?? '')) continue;
    const code = await loadScript(name, compileScript(name))(argv);
    if (code === undefined) break;
    process.exitCode = code;
    return;
  }
  cacheCompiledCode();
  await import('./main.ts');
}

/**
 * A part of the program as a script, from the compiled code beside it where that was made of this source, which both name at
 * their end and beginning, and by this Node, which V8 looks at.
 */
export function compileScript(name: ScriptName): Script {
  const filename = path.join(__dirname, `${name}.cjs`);
  // The bundler writes nothing but ASCII.
  const source = readFileSync(filename, 'latin1');
  const kept = readIfThere(`${filename}.code`);
  const isOfSource = kept?.toString('latin1', 0, NAME_SIZE) === source.slice(-NAME_SIZE);
  return new Script(source, { filename, ...(isOfSource && { cachedData: kept?.subarray(NAME_SIZE) }) });
}

/** A digest of the source. */
export const NAME_SIZE = 64;

interface ScriptExports {
  readonly runQuickProgram?: typeof runQuickProgram;
  readonly runShellProgram?: typeof runShellProgram;
}
type Run = (argv: readonly string[]) => Promise<number | undefined>;

/** The program that is in a script: undefined is its answer to what it leaves to others. */
export function loadScript(name: ScriptName, script: Script): Run {
  const module = { exports: {} as ScriptExports };
  const load = script.runInThisContext() as (
    exports: object,
    require: NodeJS.Require,
    module: object,
  ) => void;
  load(module.exports, require, module);
  const { runQuickProgram: quick, runShellProgram: shell } = module.exports;
  const run = name === 'quick' ? quick : shell;
  if (run === undefined) throw new TypeError(`${name}.cjs is not what it should be`);
  return run;
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Node 22 and later keep compiled code between runs, which saves a third of the start. */
function cacheCompiledCode(): void {
  const loader = process.getBuiltinModule('node:module') as { readonly enableCompileCache?: unknown };
  if (typeof loader.enableCompileCache === 'function') loader.enableCompileCache();
}

if (require.main === module) void start(process.argv.slice(2));
