#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Script } from 'node:vm';

import { TOOL } from '../model/tool.ts';
import { writeAll, writeError } from './write-all.ts';

/** The parts of the program that answer alone, and the first words that each may be able to answer; it looks closer itself. */
const QUICK = {
  list: /^list$/,
  info: /^(?:env|info)$/,
  shell: /^shell\../,
};
type ScriptName = keyof typeof QUICK | 'main';

/**
 * What `tconda` starts as: says the version, lets a script try, and loads the whole program for all else. This file and the
 * scripts are CommonJS, which Node starts sooner than modules.
 */
async function start(argv: readonly string[]): Promise<void> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    try {
      writeAll(1, `${TOOL.name} ${TOOL.version}\n`);
    } catch (error) {
      writeError(`tconda: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    }
    return;
  }
  for (const name of ['list', 'info', 'shell'] as const) {
    if (!QUICK[name].test(argv[0] ?? '')) continue;
    // What is data, and how what went wrong is said as data, the whole program knows.
    if (name === 'shell' && argv.includes('--json')) continue;
    const code = await loadScript(name, compileScript(name))(argv);
    if (code === undefined) break;
    // All is written. The end of the process frees memory sooner than an orderly end does.
    process.exit(code);
  }
  process.exitCode = await loadProgram()(argv);
}

type Run = (argv: readonly string[]) => Promise<number | undefined>;

/** The whole program. */
export function loadProgram(): Run {
  const files = readScript('main');
  const loader = process.getBuiltinModule('node:module') as { readonly enableCompileCache?: () => unknown };
  if (files.code !== undefined || loader.enableCompileCache === undefined) {
    return loadScript('main', compile(files));
  }
  // Another Node than this one compiled it. Those from 22 on can keep what they compile, of modules alone.
  loader.enableCompileCache();
  return runOf('main', require(files.filename) as Load);
}

/**
 * A part of the program as a script, from the compiled code beside it where that was made of this source by this Node, which
 * both are named at its beginning. V8 looks closer itself.
 */
export function compileScript(name: ScriptName): Script {
  return compile(readScript(name));
}

/** The program that is in a script: undefined is its answer to what it leaves to others. */
export function loadScript(name: ScriptName, script: Script): Run {
  return runOf(name, script.runInThisContext() as Load);
}

/** What compiled code begins with: the digest at the end of its source, and the Node that it is for. */
export function codeName(source: string): string {
  return `${source.slice(-DIGEST_SIZE)}${process.version.padEnd(VERSION_SIZE)}`;
}

/** Together a multiple of eight bytes, on which V8 wants compiled code to begin. */
const DIGEST_SIZE = 64;
const VERSION_SIZE = 32;

interface ScriptFiles {
  readonly filename: string;
  readonly source: string;
  readonly code: Buffer | undefined;
}

function readScript(name: ScriptName): ScriptFiles {
  const filename = path.join(__dirname, `${name}.cjs`);
  // The bundler writes nothing but ASCII.
  const source = readFileSync(filename, 'latin1');
  const kept = readIfThere(`${filename}.code`);
  const expected = codeName(source);
  const isOfSource = kept?.toString('latin1', 0, expected.length) === expected;
  return { filename, source, code: isOfSource ? kept?.subarray(expected.length) : undefined };
}

function compile({ filename, source, code }: ScriptFiles): Script {
  return new Script(source, { filename, ...(code && { cachedData: code }) });
}

/** What stands in a script. */
type Load = (exports: object, require: (id: string) => unknown, module: object) => void;

function runOf(name: ScriptName, load: Load): Run {
  const module: { readonly exports: { readonly runProgram?: Run }; readonly filename: string } = {
    exports: {},
    filename: path.join(__dirname, `${name}.cjs`),
  };
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

if (require.main === module) void start(process.argv.slice(2));
