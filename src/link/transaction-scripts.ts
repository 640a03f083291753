import { TcondaError } from '../errors.ts';
import type { Report } from '../model/event.ts';
import type { Journal } from '../model/journal.ts';
import type { RepoDataRecord } from '../model/package-record.ts';
import type { PrefixRecord } from '../model/prefix-record.ts';
import {
  type ActivatedProgram,
  hasLinkScript,
  type LinkScriptAction,
  linkScriptPath,
  runLinkScript,
} from './link-script.ts';
import type { PlannedPackage } from './planned-package.ts';

export interface TransactionScriptOptions {
  readonly journal: Journal;
  /** The base environment; empty when there is none. */
  readonly rootPrefix: string;
  readonly subdir: string;
  /** Whether programs of the environment run here; without it no script is run. */
  readonly canRun: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `run` unless told; `ask` asks once for all of them, before anything changes. */
  readonly linkScripts?: 'run' | 'skip' | 'ask';
  /** Asks whether these, such as `post-link of zlib`, are to be run; without it they are not. */
  readonly confirmScripts?: (scripts: readonly string[]) => Promise<boolean>;
  readonly activated?: ActivatedProgram;
  readonly report: Report;
  readonly signal?: AbortSignal;
}

/** Runs the script that a package has for `action`, if it has one: in the environment, or below `cached`. */
export type RunScript = (record: RepoDataRecord, action: LinkScriptAction, cached?: string) => Promise<void>;

/**
 * Finds the scripts of all packages that come and go, asks about them if that is wanted, and says how to run them. One that
 * fails when its package comes is an error, one of a package that goes a warning: what leaves must be able to leave.
 */
export async function findScripts(
  removed: readonly PrefixRecord[],
  planned: readonly PlannedPackage[],
  options: TransactionScriptOptions,
): Promise<RunScript> {
  const mode = options.canRun ? (options.linkScripts ?? 'run') : 'skip';
  if (mode === 'skip') return runNothing;
  const found = new Set([
    ...removed.flatMap((record) => scriptsOf(record.name, ['pre-unlink'], record.files, options)),
    ...planned.flatMap(({ record, files }) =>
      scriptsOf(
        record.name,
        ['pre-link', 'post-link'],
        files.map((file) => file.path),
        options,
      ),
    ),
  ]);
  if (found.size === 0) return runNothing;
  if (mode === 'ask' && (await options.confirmScripts?.([...found])) !== true) {
    const text = `Not run without a yes: ${[...found].join(', ')}`;
    options.report({ kind: 'warning', code: 'SCRIPTS_NOT_RUN', text });
    return runNothing;
  }
  const { journal } = options;
  return async (record, action, cached) => {
    if (!found.has(describe(record.name, action))) return;
    if (!hasLinkScript(record.name, action, cached ?? journal.place, options.subdir)) return;
    if (cached !== undefined) warnOfPreLink(record, options.report);
    // It names the environment, and runs what is in it.
    journal.appear();
    try {
      await runLinkScript(record, action, cached ?? journal.place, { ...options, prefix: journal.prefix });
    } catch (error) {
      if (action !== 'pre-unlink' || !(error instanceof TcondaError)) throw error;
      options.report({ kind: 'warning', code: error.code, text: error.message });
    }
  };
}

/** Where it runs are the files that all environments share. */
function warnOfPreLink({ name }: RepoDataRecord, report: Report): void {
  const text = `The pre-link script of ${name} can change its files in the package cache, and with them those of other environments`;
  report({ kind: 'warning', code: 'PRE_LINK_SCRIPT', text });
}

function scriptsOf(
  name: string,
  actions: readonly LinkScriptAction[],
  files: readonly string[],
  { subdir }: TransactionScriptOptions,
): readonly string[] {
  const wanted = actions.filter((action) => files.includes(linkScriptPath(name, action, subdir)));
  return wanted.map((action) => describe(name, action));
}

function describe(name: string, action: LinkScriptAction): string {
  return `${action} of ${name}`;
}

function runNothing(): Promise<void> {
  return Promise.resolve();
}
