import type { Report } from '../model/event.ts';
import type { Journal } from '../model/journal.ts';
import type { PythonLayout } from '../model/python-paths.ts';
import { compilePyc } from './compile-pyc.ts';
import type { PlannedPackage } from './planned-package.ts';

export interface CompilePackagesOptions {
  readonly journal: Journal;
  readonly report: Report;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** Compiles the sources of all packages in one go. Returns by package the compiled files that it has from now on. */
export async function compilePackages(
  planned: readonly PlannedPackage[],
  options: CompilePackagesOptions,
): Promise<ReadonlyMap<PlannedPackage, readonly string[]>> {
  const sources: string[] = [];
  const compiled = new Map<PlannedPackage, string[]>();
  let python: PythonLayout | undefined;
  for (const one of planned) {
    const displaced = new Set(one.files.filter((file) => file.isDisplaced).map((file) => file.path));
    const own = one.compiled.filter(([source]) => !displaced.has(source));
    sources.push(...own.map(([source]) => source));
    compiled.set(
      one,
      own.map(([, target]) => target),
    );
    python ??= one.python;
  }
  if (sources.length === 0 || python === undefined) return compiled;
  const { journal, env, signal } = options;
  journal.appear();
  const problem = await compilePyc(sources, {
    prefix: journal.prefix,
    python: python.executable,
    minor: python.minor,
    scratch: journal.scratch,
    env,
    ...(signal && { signal }),
  });
  if (problem !== undefined) {
    options.report({
      kind: 'warning',
      code: 'NOT_COMPILED',
      text: `Python code is not compiled: ${problem}`,
    });
  }
  return compiled;
}
