#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Script } from 'node:vm';

import { TOOL } from '../model/tool.ts';
import type { runQuickProgram } from './quick-program.ts';
import { writeAll } from './write-all.ts';

/** First words that the quick program may be able to answer; it looks closer itself. */
const QUICK = /^(?:list|env|info|shell\..+)$/;

/**
 * What `tconda` starts as: says the version, lets the quick program try, and loads the whole program for all else. This file
 * and the quick program are CommonJS, which Node starts sooner than modules.
 */
async function start(argv: readonly string[]): Promise<void> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    writeAll(1, `${TOOL.name} ${TOOL.version}\n`);
    return;
  }
  if (QUICK.test(argv[0] ?? '')) {
    const code = await loadQuickProgram(compileQuickProgram())(argv);
    if (code !== undefined) {
      process.exitCode = code;
      return;
    }
  }
  cacheCompiledCode();
  await import('./main.ts');
}

/**
 * The quick program as a script, from the compiled code beside it where that was made of this source, which both name at their
 * end and beginning, and by this Node, which V8 looks at.
 */
export function compileQuickProgram(): Script {
  const filename = path.join(__dirname, 'quick.cjs');
  // The bundler writes nothing but ASCII.
  const source = readFileSync(filename, 'latin1');
  const kept = readIfThere(`${filename}.code`);
  const isOfSource = kept?.toString('latin1', 0, NAME_SIZE) === source.slice(-NAME_SIZE);
  return new Script(source, { filename, ...(isOfSource && { cachedData: kept?.subarray(NAME_SIZE) }) });
}

/** A digest of the source. */
export const NAME_SIZE = 64;

export function loadQuickProgram(script: Script): typeof runQuickProgram {
  const module = { exports: {} as { runQuickProgram: typeof runQuickProgram } };
  const load = script.runInThisContext() as (
    exports: object,
    require: NodeJS.Require,
    module: object,
  ) => void;
  load(module.exports, require, module);
  return module.exports.runQuickProgram;
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
