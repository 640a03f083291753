import { AssertionError } from 'node:assert';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

import { NotRun, OtherTool } from './kind.ts';
import type { CaseContext, Kind, TestCase } from './kind.ts';
import { KINDS } from './registry.ts';

/** What became of one vector file. Every case is counted exactly once. */
export interface FileReport {
  readonly file: string;
  readonly passed: number;
  readonly failures: readonly Failure[];
  /** Cases on which the tools disagree, and how many of them tconda answers as conda does. */
  readonly disputed: number;
  readonly disputedAsConda: number;
  /** By reason. */
  readonly notRun: ReadonlyMap<string, number>;
  readonly total: number;
}

export interface Failure {
  readonly id: string;
  readonly message: string;
}

export function countNotRun({ notRun }: FileReport): number {
  return [...notRun.values()].reduce((total, count) => total + count, 0);
}

/** The folder of vectors: what TCONDA_CONFORMANCE names, else the project's own copies beside this file. */
export function vectorFolder(own: string): string {
  // oxlint-disable-next-line node/no-process-env -- the runner's one setting
  const { TCONDA_CONFORMANCE: named = '' } = process.env;
  return named === '' ? own : named;
}

/** The names of the vector files in a folder, without `.json`; none where there is no folder. */
export function vectorFiles(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && statSync(path.join(folder, name)).isFile())
    .map((name) => path.basename(name, '.json'))
    .toSorted();
}

/** Carries out all cases of one file. Never throws for what a case or a file holds: that is a failure in the report. */
export async function runVectorFile(folder: string, file: string): Promise<FileReport> {
  const empty = { file, passed: 0, disputed: 0, disputedAsConda: 0, notRun: new Map<string, number>() };
  try {
    const cases = readCases(path.join(folder, `${file}.json`));
    const kind = KINDS[file];
    if (kind === undefined) throw new Error(`unknown kind of vectors: ${file}`);
    return await runCases(file, cases, await kind(), folder);
  } catch (error) {
    return { ...empty, failures: [{ id: file, message: String(error) }], total: 1 };
  }
}

function readCases(file: string): readonly TestCase[] {
  const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof content !== 'object' || content === null || !('cases' in content))
    throw new Error('has no cases');
  if (!Array.isArray(content.cases) || content.cases.length === 0) throw new Error('has no cases');
  return content.cases as readonly TestCase[];
}

async function runCases(
  file: string,
  cases: readonly TestCase[],
  kind: Kind,
  folder: string,
): Promise<FileReport> {
  const context: CaseContext = {
    recorded: (relative) => {
      const found = path.resolve(folder, relative);
      if (!existsSync(found)) throw new NotRun('what was recorded for it is not beside the vectors');
      return found;
    },
  };
  const failures: Failure[] = [];
  let passed = 0;
  let disputed = 0;
  let disputedAsConda = 0;
  const notRun = new Map<string, number>();
  for (const testCase of cases) {
    const isDisputed = testCase.differs !== undefined;
    try {
      await kind.run(testCase, context);
      if (isDisputed) disputedAsConda++;
      else passed++;
    } catch (error) {
      if (error instanceof NotRun) {
        notRun.set(error.message, (notRun.get(error.message) ?? 0) + 1);
        continue;
      }
      // Another answer is nobody's fault where the tools disagree; to break on the case still is.
      if (!(error instanceof OtherTool) && !(isDisputed && error instanceof AssertionError)) {
        failures.push({ id: testCase.id, message: messageOf(error) });
        continue;
      }
      disputed++;
      continue;
    }
    if (isDisputed) disputed++;
  }
  return { file, passed, failures, disputed, disputedAsConda, notRun, total: cases.length };
}

function messageOf(error: unknown): string {
  return error instanceof AssertionError
    ? error.message
    : String(error instanceof Error ? error.stack : error);
}
