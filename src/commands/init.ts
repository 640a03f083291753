import { existsSync } from 'node:fs';
import path from 'node:path';

import type { LoadedConfig } from '../config/index.ts';
import { TcondaError } from '../errors.ts';
import { condabinBody, hookFileName, INIT_SHELLS, rcBody, rcFiles, setAutoRun } from '../shell/index.ts';
import type { CommandOutput, CommandSpec, Context, OptionGroup, OptionValues } from './command.ts';
import { type FileEdit, writeEdit } from './file-edit.ts';
import { isSet } from './option-values.ts';
import { promptOptions } from './options.ts';
import { editRcFile } from './rc-edit.ts';
import { condabinProgram, hookFolder, hookOf, readText } from './shell-hook.ts';
import { loadSettings } from './settings.ts';
import { startFileOf, writeStartFile } from './start-file.ts';
import { readAutoRun, writeAutoRun } from './windows-registry.ts';

const initOptions: OptionGroup = {
  heading: 'Shells',
  options: [
    { flags: '--all', description: 'all shells that tconda knows on this platform' },
    { flags: '--reverse', description: 'take out what init put in' },
    { flags: '--alias-conda', isOwn: true, description: 'let conda be another name for tconda' },
    { flags: '--user', description: 'for this user', hidden: true, noEffect: 'it is the only way' },
    { flags: '--no-user', description: 'not for this user', hidden: true, refused: 'it is the only way' },
    { flags: '--system', description: 'for all users', refused: 'the start files of the system are its own' },
    {
      flags: '--condabin',
      description: 'only put the program on PATH, without the hook',
    },
    { flags: '--dev', description: 'nothing', hidden: true, noEffect: 'it is for work on conda itself' },
    {
      flags: '--anaconda-prompt',
      description: 'nothing',
      hidden: true,
      noEffect: 'no desktop icons are made',
    },
    { flags: '--install', description: 'nothing', hidden: true, noEffect: 'installers of conda use it' },
  ],
};

export const init: CommandSpec = {
  summary: 'Prepare shells for activate',
  description:
    'Puts a block into the start files of shells, so that activate works in them. Starting a shell then runs no program: ' +
    'the block reads a file below the root prefix. Everything else in the start files stays as it is. Without a name it ' +
    'is for the shell of SHELL.',
  operands: ['[shells...]'],
  options: [initOptions, promptOptions],
  examples: ['tconda init', 'tconda init zsh fish', 'tconda init --reverse --all'],
  async run(operands, options, context) {
    const config = await loadSettings(options, context);
    const isReversed = isSet(options, 'reverse');
    const shells = chooseShells(operands, isSet(options, 'all'), context);
    const edits = shells.flatMap((shell) =>
      editsOf(
        shell,
        { isReversed, isCondaToo: isSet(options, 'aliasConda'), isCondabin: isSet(options, 'condabin') },
        config,
        context,
      ),
    );
    const isDryRun = config.get('dry_run');
    const result = carryOut(edits, isDryRun, context);
    if (!isReversed && !isDryRun) writeStartFiles(shells, config, context);
    return result;
  },
};

/** What stands in front of `init` for users of micromamba: `shell init -s bash`, `shell deinit -s bash`. */
export async function initShell(
  shell: string | undefined,
  isReversed: boolean,
  options: OptionValues,
  context: Context,
): Promise<CommandOutput> {
  const config = await loadSettings(options, context);
  const shells = chooseShells(shell === undefined ? [] : [shell], false, context);
  const edits = shells.flatMap((one) =>
    editsOf(one, { isReversed, isCondaToo: false, isCondabin: false }, config, context),
  );
  const isDryRun = config.get('dry_run');
  const result = carryOut(edits, isDryRun, context);
  if (!isReversed && !isDryRun) writeStartFiles(shells, config, context);
  return result;
}

/** So that the first shell needs no process either. */
function writeStartFiles(names: readonly string[], config: LoadedConfig, { host }: Context): void {
  for (const shell of new Set(names.map((name) => INIT_SHELLS[name] ?? 'posix'))) {
    writeStartFile(shell, config, host);
  }
}

const SAME_AS: Readonly<Record<string, string>> = {
  csh: 'tcsh',
  pwsh: 'powershell',
  nu: 'nushell',
  sh: 'posix',
  dash: 'posix',
  ash: 'posix',
};

function chooseShells(names: readonly string[], isAll: boolean, { host }: Context): readonly string[] {
  const isWindows = host.platform === 'win32';
  if (isAll) return Object.keys(INIT_SHELLS).filter((name) => isWindows || name !== 'cmd.exe');
  if (names.length === 0) {
    if (isWindows) return ['cmd.exe', 'powershell'];
    const login = path.posix.basename(host.env['SHELL'] ?? '');
    const known = SAME_AS[login] ?? login;
    return [Object.hasOwn(INIT_SHELLS, known) ? known : 'bash'];
  }
  return [...new Set(names.map((name) => SAME_AS[name] ?? name))].map((name) => {
    if (!Object.hasOwn(INIT_SHELLS, name)) {
      throw new TcondaError('USAGE', `argument SHELLS: invalid choice: '${name}'`, {
        hint: `Choose from ${Object.keys(INIT_SHELLS).join(', ')}`,
      });
    }
    if (name === 'cmd.exe' && !isWindows) {
      throw new TcondaError('INVALID_VALUE', 'cmd.exe can be prepared on Windows only');
    }
    return name;
  });
}

interface InitChoice {
  readonly isReversed: boolean;
  readonly isCondaToo: boolean;
  /** Only the program on PATH. */
  readonly isCondabin: boolean;
}

/** The files of the hook, and then the start files. Reversed, the hook stays: other start files may read it. */
function editsOf(
  name: string,
  { isReversed, isCondaToo, isCondabin }: InitChoice,
  config: LoadedConfig,
  { host }: Context,
): readonly FileEdit[] {
  const shell = INIT_SHELLS[name] ?? 'posix';
  const folder = hookFolder(shell, config, host);
  const flavour = host.platform === 'win32' ? path.win32 : path.posix;
  const clientVariables = new Map(host.program === undefined ? [] : [['TCONDA_EXE', host.program]]);
  const hook = hookOf(shell, { clientVariables, isCondaToo, activate: undefined }, config, host);
  const hookFile = flavour.join(folder, hookFileName(shell));
  const all = new Map(hook.files);
  if (shell !== 'nushell') all.set(hookFileName(shell), hook.text);
  const hookEdits = [...all].map(([file, content]) => fileEdit(flavour.join(folder, file), content));
  const condabin = condabinProgram(config, host);
  if (condabin !== undefined)
    hookEdits.unshift({ ...fileEdit(condabin.file, condabin.content), mode: 0o755 });
  const startFile = startFileOf(shell, config, host) ?? '';
  const own = isCondabin
    ? condabinBody(shell, flavour.join(config.get('root_prefix'), 'condabin'))
    : rcBody(shell, { hookFile, hook: hook.text, startFile });
  const body = isReversed ? undefined : own;
  const machine = { ...host, exists: existsSync };
  const rcEdits = rcFiles(name, machine).map((file) => editRcFile(file, body));
  if (name !== 'cmd.exe') return [...(isReversed ? [] : hookEdits), ...rcEdits];
  const value = readAutoRun();
  const wanted = setAutoRun(value, hookFile, !isReversed);
  return [
    ...(isReversed ? [] : hookEdits),
    { kind: 'registry', content: wanted === value ? undefined : wanted },
  ];
}

function fileEdit(file: string, content: string): FileEdit & { readonly kind: 'file' } {
  return { kind: 'file', file, content: readText(file) === content ? undefined : content };
}

function carryOut(edits: readonly FileEdit[], isDryRun: boolean, context: Context): CommandOutput {
  const seen = new Map(edits.map((edit) => [nameOf(edit), edit]));
  const unique = [...seen.values()];
  if (!isDryRun) for (const edit of unique) apply(edit);
  const isChanged = unique.some(({ content }) => content !== undefined);
  const lines = unique.map(
    (edit) => `${(edit.content === undefined ? 'no change' : 'modified').padEnd(14)}${nameOf(edit)}`,
  );
  const last = !isChanged
    ? ['No action taken.']
    : isDryRun
      ? ['', '==> DRY RUN: The above changes would have been made. NO ACTUAL CHANGES WERE MADE. <==', '']
      : ['', '==> For changes to take effect, close and re-open your current shell. <==', ''];
  const changed = unique.filter(({ content }) => content !== undefined).map(nameOf);
  return {
    kind: 'output',
    json: { success: true, dry_run: isDryRun, modified: changed },
    lines: [...(context.global.quiet ? [] : lines), ...last],
  };
}

function apply(edit: FileEdit): void {
  if (edit.content === undefined) return;
  if (edit.kind === 'file') writeEdit(edit.file, edit.content, edit.mode);
  else writeAutoRun(edit.content);
}

function nameOf(edit: FileEdit): string {
  return edit.kind === 'file'
    ? edit.file
    : 'HKEY_CURRENT_USER\\Software\\Microsoft\\Command Processor\\AutoRun';
}
