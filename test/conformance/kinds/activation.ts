import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import {
  activate,
  type Activation,
  type ActivationSettings,
  deactivate,
  defaultEnvName,
  type EnvironmentState,
  loadEnvironment,
  previousPrefix,
  reactivate,
  shellLevel,
  type ShellName,
  SHELLS,
  type ShellState,
} from '../../../src/shell/index.ts';
import { addEntries, pathEntries, readPath, replaceEntries } from '../../../src/shell/search-path.ts';

interface ActivationCase {
  readonly type: 'activation' | 'statement' | 'default-env' | 'win-path';
  readonly shell: ShellName;
  readonly os?: 'unix' | 'win';
  readonly op: string;
  readonly target?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly environments?: Readonly<Record<string, EnvironmentFiles>>;
  readonly options?: { readonly changeps1?: boolean; readonly env_prompt?: string };
  readonly expect?: unknown;
  readonly args?: readonly (string | null)[];
  readonly path?: readonly string[];
  readonly script?: string;
  readonly root_prefix?: string;
  readonly prefix?: string;
  readonly name?: string;
  readonly value?: string;
  readonly conda_text?: string;
}

interface EnvironmentFiles {
  readonly state_env_vars?: Readonly<Record<string, string>>;
  readonly 'env_vars.d'?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly 'activate.d'?: readonly string[];
  readonly 'deactivate.d'?: readonly string[];
}

interface Expected {
  readonly error?: string;
  readonly unset_vars?: readonly string[];
  readonly set_vars?: Readonly<Record<string, string>>;
  readonly export_vars?: Readonly<Record<string, string>>;
  readonly export_path?: { readonly PATH?: string };
  readonly deactivate_scripts?: readonly string[];
  readonly activate_scripts?: readonly string[];
  readonly warns?: boolean;
}

const UNSET_MARKER = '***unset***';

/** @returns what differs; undefined when the case holds */
export function checkActivation(data: unknown): string | undefined {
  const case_ = data as ActivationCase;
  switch (case_.type) {
    case 'activation':
      return checkChange(case_);
    case 'statement':
      return checkStatement(case_);
    case 'default-env':
      return differs(case_.expect, defaultEnvName(case_.prefix ?? '', case_.root_prefix ?? '', 'unix'));
    case 'win-path':
      return checkWindowsPath(case_);
  }
}

function checkChange(case_: ActivationCase): string | undefined {
  const expected = case_.expect as Expected;
  const isWindows = case_.os === 'win';
  const rootPrefix = isWindows ? 'C:\\conda' : '/opt/conda';
  const shell: ShellState = {
    platform: isWindows ? 'windows' : 'unix',
    env: case_.env ?? {},
    promptVariable: SHELLS[case_.shell].promptVariable,
  };
  // conda takes the spaces from the ends of what is configured, but not of its default.
  const settings: ActivationSettings = {
    rootPrefix,
    changePs1: case_.options?.changeps1 ?? true,
    envPrompt: case_.options?.env_prompt?.trim() ?? '({default_env}) ',
    clientVariables: new Map(),
  };
  // Which environments exist is for the one who looks them up.
  if (expected.error?.startsWith('Environment')) return undefined;

  const load = (prefix: string | undefined): EnvironmentState | undefined =>
    prefix === undefined || prefix === '' ? undefined : loadFiles(prefix, case_);
  const active = load(case_.env?.['CONDA_PREFIX']);
  const target = load(resolveTarget(case_.target, rootPrefix, isWindows));
  let change: Activation;
  if (case_.op === 'deactivate') {
    change = deactivate(active, load(previousPrefix(shell)), shell, settings);
  } else if (case_.op === 'reactivate') {
    if (active === undefined || shellLevel(shell.env) < 1) return undefined;
    change = reactivate(active, shell, settings);
  } else {
    if (target === undefined) return 'no target';
    change = activate(target, active, case_.op === 'stack', shell, settings);
  }
  // conda fails on a reserved variable; here it is left out.
  if (expected.error !== undefined) {
    return change.exports.get('CONDA_SHLVL') === '1' && change.exports.get('FINE') === '1'
      ? undefined
      : 'a reserved variable got through';
  }
  return differs(normalized(expected), seen(change, case_.shell, shell));
}

function resolveTarget(
  target: string | undefined,
  rootPrefix: string,
  isWindows: boolean,
): string | undefined {
  const flavour = isWindows ? path.win32 : path.posix;
  if (target === undefined || target === '') return rootPrefix;
  if (/[\\/]/.test(target)) return target;
  return target === 'base' ? rootPrefix : flavour.join(rootPrefix, 'envs', target);
}

/** Puts the environment's files on the disk and reads them as the program does. */
function loadFiles(prefix: string, case_: ActivationCase): EnvironmentState {
  const files = case_.environments?.[prefix] ?? {};
  const isWindows = case_.os === 'win';
  const folder = mkdtempSync(path.join(tmpdir(), 'tconda-activation-'));
  const write = (name: string, text: string): void => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  try {
    for (const [name, variables] of Object.entries(files['env_vars.d'] ?? {})) {
      write(`etc/conda/env_vars.d/${name}`, JSON.stringify(variables));
    }
    if (files.state_env_vars !== undefined) {
      write('conda-meta/state', JSON.stringify({ env_vars: files.state_env_vars }));
    }
    for (const name of files['activate.d'] ?? []) write(`etc/conda/activate.d/${name}`, '');
    for (const name of files['deactivate.d'] ?? []) write(`etc/conda/deactivate.d/${name}`, '');
    const state = loadEnvironment(folder, { platform: 'unix', forceUppercase: true });
    const place = (script: string): string => {
      const moved = prefix + script.slice(folder.length);
      return isWindows ? moved.replaceAll('/', '\\') : moved;
    };
    return {
      ...state,
      prefix,
      activateScripts: state.activateScripts.map(place),
      deactivateScripts: state.deactivateScripts.map(place),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function normalized(expected: Expected): unknown {
  const exports = Object.entries(expected.export_vars ?? {})
    // conda exports the mark itself on the way back.
    .filter(([name, value]) => value !== UNSET_MARKER && name !== 'PATH');
  const path_ = expected.export_path?.PATH ?? expected.export_vars?.['PATH'];
  return {
    path: path_?.replaceAll('" "', ':'),
    unset: [...(expected.unset_vars ?? [])].toSorted(),
    set: Object.fromEntries(
      // The prompt stands in conda's quotes already.
      Object.entries(expected.set_vars ?? {}).map(([name, value]) => [name, value.replaceAll(`'"'"'`, "'")]),
    ),
    exports: Object.fromEntries(exports),
    deactivate: expected.deactivate_scripts ?? [],
    activate: expected.activate_scripts ?? [],
  };
}

function seen(change: Activation, name: ShellName, shell: ShellState): unknown {
  const own = (scripts: readonly string[]): readonly string[] =>
    scripts.filter((script) => script.endsWith(SHELLS[name].scriptExtension));
  return {
    path: change.path?.join(shell.platform === 'windows' ? ';' : ':'),
    unset: change.unset.toSorted(),
    set: Object.fromEntries(change.set),
    exports: Object.fromEntries(change.exports),
    deactivate: own(change.deactivateScripts),
    activate: own(change.activateScripts),
  };
}

/** conda's text is advice: it quotes nothing inside a value, so only plain values must look the same. */
function checkStatement(case_: ActivationCase): string | undefined {
  const syntax = SHELLS[case_.shell];
  const { name = '', value = '' } = case_;
  if (!/^[\w ./:\\-]*$/.test(value) || /\\/.test(value)) return undefined;
  switch (case_.op) {
    case 'export':
      return differs(case_.conda_text, syntax.export(name, value));
    case 'set':
      return differs(case_.conda_text, syntax.set(name, value));
    case 'unset':
      return differs(case_.conda_text, syntax.unset(name));
    default: {
      const script = case_.script ?? '';
      // xonsh drops the quotes of conda's text on the way to bash, which then looks for other files: here they stay.
      const isLost = case_.shell === 'xonsh' && script.includes(' ');
      const expected = isLost
        ? `source-bash --suppress-skip-message -n @('. \\'${script}\\'')`
        : case_.conda_text;
      return differs(expected, syntax.run(script));
    }
  }
}

function checkWindowsPath(case_: ActivationCase): string | undefined {
  const [first, second] = case_.args ?? [];
  const entriesOf = (prefix: string | null | undefined): readonly string[] =>
    prefix === null || prefix === undefined
      ? []
      : pathEntries({ prefix, libraryVariant: undefined }, 'windows');
  const entries = readPath({
    platform: 'windows',
    env: { PATH: case_.path?.join(';') },
    promptVariable: undefined,
  });
  const changed =
    case_.op === 'add'
      ? addEntries(entries, entriesOf(first), 'C:\\conda', 'windows')
      : replaceEntries(entries, entriesOf(first), case_.op === 'remove' ? [] : entriesOf(second), 'windows');
  return differs(case_.expect, changed);
}

function differs(expected: unknown, actual: unknown): string | undefined {
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
  if (isDeepStrictEqual(plain(expected), plain(actual))) return undefined;
  return `expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`;
}
