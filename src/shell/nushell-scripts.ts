import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

import { quotePosix } from './quote.ts';
import { SHELLS } from './shells.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The programs that run the scripts, absolute. */
export interface ScriptPrograms {
  /** Node, which tells what the environment is afterwards. */
  readonly runtime: string;
  readonly nushell: string;
}

/** What scripts of packages did to the environment. */
export interface ScriptsRun {
  /** What the scripts changed; null for what they took away. */
  readonly changed: Readonly<Record<string, string | null>>;
  readonly warnings: readonly string[];
}

/** What a shell changes by itself. */
const OF_SHELL: ReadonlySet<string> = new Set(['_', 'OLDPWD', 'PWD', 'SHLVL']);
const TELL = 'require("fs").writeSync(3, JSON.stringify(require("process").env) + "\\n")';

/** Of the scripts of an environment those that nushell can have run for it, in order: of two with one name its own. */
export function scriptsForNushell(scripts: readonly string[]): readonly string[] {
  const own = SHELLS.nushell.scriptExtension;
  const posix = SHELLS.posix.scriptExtension;
  const all = new Set(scripts);
  return scripts.filter(
    (script) =>
      script.endsWith(own) || (script.endsWith(posix) && !all.has(script.slice(0, -posix.length) + own)),
  );
}

/**
 * Runs scripts for nushell, which can't read a file that it learns of while it runs: those of nushell in another nushell,
 * those of sh in bash. What they print goes to standard error.
 * @param env what they start with
 */
export function runNushellScripts(
  scripts: readonly string[],
  env: Readonly<Record<string, string | null | undefined>>,
  programs: ScriptPrograms,
): ScriptsRun {
  let changed: Readonly<Record<string, string | null>> = {};
  const warnings: string[] = [];
  for (const group of groupsOf(scripts)) {
    const start = definedOf({ ...env, ...changed });
    const isOwn = isNushell(group[0] ?? '');
    const told = isOwn ? runInNushell(group, start, programs) : runInBash(group, start, programs);
    if (told === undefined) warnings.push(`not run to the end: ${group.join(', ')}`);
    else changed = { ...changed, ...difference(told) };
  }
  return { changed, warnings };
}

/** Neighbours that one shell can run, as starting one takes longer than most scripts. */
function groupsOf(scripts: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  for (const script of scripts) {
    const last = groups.at(-1);
    if (last !== undefined && isNushell(last[0] ?? '') === isNushell(script)) last.push(script);
    else groups.push([script]);
  }
  return groups;
}

function isNushell(script: string): boolean {
  return script.endsWith(SHELLS.nushell.scriptExtension);
}

interface Told {
  readonly before: Environment;
  readonly after: Environment;
}

function runInBash(
  scripts: readonly string[],
  env: Record<string, string>,
  programs: ScriptPrograms,
): Told | undefined {
  const bash = existsSync('/bin/bash') ? ['/bin/bash', '--norc', '--noprofile'] : ['/bin/sh'];
  const [file = '', ...flags] = bash;
  const read = scripts.map((script) => `. ${quotePosix(script)}\n`).join('');
  const text = `${read}exec ${quotePosix(programs.runtime)} -e ${quotePosix(TELL)}`;
  const [after] = tell(file, [...flags, '-c', text], env);
  return after === undefined ? undefined : { before: env, after };
}

/** nushell has variables of its own, so it tells twice. */
function runInNushell(
  scripts: readonly string[],
  env: Record<string, string>,
  programs: ScriptPrograms,
): Told | undefined {
  const say = `^${JSON.stringify(programs.runtime)} -e ${JSON.stringify(TELL)}`;
  const text = [say, ...scripts.map((script) => `source-env ${JSON.stringify(script)}`), say].join('; ');
  const [before, after] = tell(programs.nushell, ['--no-config-file', '--commands', text], env);
  return before === undefined || after === undefined ? undefined : { before, after };
}

function tell(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
): readonly (Environment | undefined)[] {
  const { output } = spawnSync(file, [...args], { env, encoding: 'utf8', stdio: ['inherit', 2, 2, 'pipe'] });
  const lines = (output?.[3] ?? '').split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Environment);
}

function difference({ before, after }: Told): Record<string, string | null> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...names].filter((name) => !OF_SHELL.has(name) && before[name] !== after[name]);
  return Object.fromEntries(changed.map((name) => [name, after[name] ?? null]));
}

function definedOf(env: Readonly<Record<string, string | null | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
