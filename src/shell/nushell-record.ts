import type { Activation, ShellState } from './activation.ts';
import { runNushellScripts, type ScriptPrograms, scriptsForNushell } from './nushell-scripts.ts';
import { pathSeparator } from './search-path.ts';

/** What nushell reads, and what a person does. */
export interface NushellAnswer {
  /** One line of JSON: a record of variables, null for those that go; PATH is a list. */
  readonly text: string;
  readonly warnings: readonly string[];
}

/**
 * What nushell does for changes one after the other. It runs no code that is made while it runs, so it gets variables, and
 * what the scripts of the environments do to variables is found out here.
 * @param programs what runs the scripts; without, none runs
 */
export function answerNushell(
  changes: readonly Activation[],
  shell: ShellState,
  programs: ScriptPrograms | undefined,
): NushellAnswer {
  const record: Record<string, string | null> = {};
  const warnings: string[] = [];
  const separator = pathSeparator(shell.platform);
  const run = (scripts: readonly string[]): void => {
    if (programs === undefined) return;
    const done = runNushellScripts(scriptsForNushell(scripts), { ...shell.env, ...record }, programs);
    Object.assign(record, done.changed);
    warnings.push(...done.warnings);
  };
  for (const change of changes) {
    const PATH = change.path === undefined ? {} : { PATH: change.path.join(separator) };
    if (change.isPathFirst) Object.assign(record, PATH);
    run(change.deactivateScripts);
    Object.assign(
      record,
      Object.fromEntries(change.unset.map((name) => [name, null])),
      PATH,
      Object.fromEntries(change.exports),
    );
    run(change.activateScripts);
  }
  const { PATH } = record;
  const data = typeof PATH === 'string' ? { ...record, PATH: PATH.split(separator) } : record;
  return { text: `${JSON.stringify(data)}\n`, warnings };
}
