import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { CLI, type Home, type Ran } from './cli.ts';

/** A real shell, as tests use it: what they type differs in a few words. */
export interface TestShell {
  readonly name: string;
  /** Its name, and why it is skipped if it is. */
  readonly title: string;
  readonly isThere: boolean;
  /** What it reads when a person starts it. */
  readonly rc: string;
  /** The extension of its scripts in `activate.d`. */
  readonly extension: string;
  /** The file of `bin/` that enters an environment. */
  readonly file: string | undefined;
  /** The command that reads a file. */
  readonly source: (file: string) => string;
  /** Prints `prompt=[...]`. */
  readonly prompt: string;
  /** Prints `status=N` of the command before, where that has a short form. */
  readonly status?: string;
  /** Sets and exports. */
  readonly set: (name: string, value: string) => string;
  /** Types lines into an interactive shell, which has read its start file. */
  readonly type: (lines: readonly string[], home: Home) => Promise<Typed>;
  /** Runs lines as a script; with `-eu` where the shell has that. */
  readonly script: (lines: readonly string[], home: Home) => Promise<Typed>;
}

/** What a shell printed, and of the lines that `show` made the values: by label and name. */
export interface Typed extends Ran {
  readonly seen: Readonly<Record<string, string>>;
}

const installed = (name: string): Pick<TestShell, 'name' | 'title' | 'isThere'> => {
  const isThere = spawnSync(name, ['-c', 'exit 0']).status === 0;
  return { name, title: isThere ? name : `${name} (skipped: not installed)`, isThere };
};
const posix = {
  extension: 'sh',
  file: 'activate',
  source: (file: string) => `. "${file}"`,
  prompt: 'echo "prompt=[$PS1]"',
  status: 'echo "status=$?"',
  set: (name: string, value: string) => `export ${name}='${value}'`,
};

const bash: TestShell = {
  ...posix,
  ...installed('bash'),
  rc: '.bashrc',
  type: (lines, home) => feed('bash', ['-i'], lines, home),
  script: (lines, home) => feed('bash', ['-eu', '-s'], lines, home),
};

const zsh: TestShell = {
  ...posix,
  ...installed('zsh'),
  rc: '.zshrc',
  type: (lines, home) => feed('zsh', ['-i'], lines, home),
  script: (lines, home) => feed('zsh', ['-eu', '-s'], lines, home),
};

const dash: TestShell = {
  ...posix,
  ...installed('dash'),
  rc: '.profile',
  type: (lines, home) => feed('dash', ['-i'], lines, home, { ENV: path.join(home.directory, '.profile') }),
  script: (lines, home) => feed('dash', ['-eu', '-s'], lines, home),
};

const fish: TestShell = {
  ...installed('fish'),
  rc: '.config/fish/config.fish',
  extension: 'fish',
  file: 'activate.fish',
  source: (file) => `source "${file}"`,
  prompt: 'echo "prompt=["(fish_prompt | string collect)"]"',
  status: 'echo "status=$status"',
  set: (name, value) => `set -gx ${name} '${value}'`,
  type: (lines, home) => feed('fish', ['-i'], lines, home),
  script: (lines, home) => feed('fish', ['--no-config'], lines, home),
};

const tcsh: TestShell = {
  ...installed('tcsh'),
  rc: '.tcshrc',
  extension: 'csh',
  file: 'activate.csh',
  source: (file) => `source "${file}"`,
  prompt: 'echo "prompt=[$prompt:q]"',
  status: 'echo "status=$status"',
  set: (name, value) => `setenv ${name} '${value}'`,
  type: (lines, home) => feed('tcsh', ['-i'], lines, home),
  script: (lines, home) => feed('tcsh', ['-f'], lines, home),
};

const xonsh: TestShell = {
  ...installed('xonsh'),
  rc: '.xonshrc',
  // It runs the scripts of bash.
  extension: 'sh',
  file: undefined,
  source: (file) => `source '${file}'`,
  prompt: `print("prompt=[" + $PROMPT_FIELDS['env_name']() + "]")`,
  set: (name, value) => `$${name} = '${value}'`,
  // Without a terminal it reads no line before the last has come: so it reads a file as if it were typed.
  type: (lines, home) => {
    const file = path.join(home.directory, 'typed.xsh');
    writeFileSync(file, ['$XONSH_INTERACTIVE = True', 'source ~/.xonshrc', ...lines, ''].join('\n'));
    return feed('xonsh', ['--no-rc', file], [], home);
  },
  script: (lines, home) => {
    const file = path.join(home.directory, 'script.xsh');
    writeFileSync(file, `${lines.join('\n')}\n`);
    return feed('xonsh', ['--no-rc', file], [], home);
  },
};

/** The shells that Debian has. Those that are not installed have `isThere: false`. */
export const TEST_SHELLS: readonly TestShell[] = [bash, zsh, dash, fish, tcsh, xonsh];

/** Puts `show LABEL NAME...` on PATH, which prints exported variables in any shell. @returns what PATH must be */
export function makeTools(home: Home): string {
  const folder = path.join(home.directory, 'tools');
  mkdirSync(folder, { recursive: true });
  const show = 'label=$1; shift; for name; do eval "printf \'%s\\n\' \\"=$label.$name=\\${$name-}\\""; done';
  writeTool(path.join(folder, 'show'), show);
  writeTool(path.join(folder, 'tconda-cli'), `exec '${process.execPath}' '${CLI}' "$@"`);
  return `${folder}:/usr/local/bin:/usr/bin:/bin`;
}

function writeTool(file: string, text: string): void {
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
}

function feed(
  file: string,
  args: readonly string[],
  lines: readonly string[],
  home: Home,
  more: Readonly<Record<string, string>> = {},
): Promise<Typed> {
  return new Promise((resolve, reject) => {
    const env = { ...home.env, TERM: 'dumb', USER: 'someone', PATH: makeTools(home), ...more };
    // Lines from a file: a shell reads just what it needs, and leaves the rest to what it starts.
    const input = path.join(home.directory, `typed-${file}`);
    writeFileSync(input, `${lines.join('\n')}\n`);
    const descriptor = openSync(input, 'r');
    const child = spawn(file, args, { env, cwd: home.directory, stdio: [descriptor, 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code, signal) => {
      closeSync(descriptor);
      const found = [...stdout.matchAll(/=(\w+\.\w+)=(.*)/g)].map((match) => [match[1], match[2]]);
      resolve({ code, signal, stdout, stderr, seen: Object.fromEntries(found) as Record<string, string> });
    });
  });
}
