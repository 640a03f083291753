#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Script } from 'node:vm';

import { TOOL } from '../model/tool.ts';
import { writeAll } from './write-all.ts';

/** The parts of the program that are scripts, and the first words that each may be able to answer; it looks closer itself. */
const SCRIPTS = {
  list: /^list$/,
  info: /^(?:env|info)$/,
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
  for (const name of ['list', 'info', 'shell'] as const) {
    if (!SCRIPTS[name].test(argv[0] ?? '')) continue;
    // What is data, and how what went wrong is said as data, the whole program knows.
    if (name === 'shell' && argv.includes('--json')) continue;
    const code = await loadScript(name, compileScript(name))(argv);
    if (code === undefined) break;
    // All is written. The end of the process frees memory sooner than an orderly end does.
    process.exit(code);
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

type Run = (argv: readonly string[]) => Promise<number | undefined>;

/** The program that is in a script: undefined is its answer to what it leaves to others. */
export function loadScript(name: ScriptName, script: Script): Run {
  const module: { readonly exports: { readonly runProgram?: Run } } = { exports: {} };
  const load = script.runInThisContext() as (
    exports: object,
    require: (id: string) => unknown,
    module: object,
  ) => void;
  const known = new Map<string, unknown>();
  // Each module of the script asks for its own.
  const requireOnce = (id: string): unknown => {
    if (!known.has(id)) known.set(id, require(id));
    return known.get(id);
  };
  load(module.exports, requireOnce, module);
  const { runProgram } = module.exports;
  if (runProgram === undefined) throw new TypeError(`${name}.cjs is not what it should be`);
  return runProgram;
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
