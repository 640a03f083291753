import path from 'node:path';

import { TcondaError } from '../errors.ts';
import { nearNames } from '../report/near-names.ts';
import type { CommandSpec } from './command.ts';
import { readText } from './option-values.ts';

export const completion: CommandSpec = {
  summary: 'Print the code that lets a shell complete command lines',
  description:
    'Prints the code that lets bash, zsh, fish or PowerShell complete commands, options and environments.',
  operands: ['[shell]'],
  options: [
    {
      heading: 'Shell',
      options: [
        {
          flags: '-s, --shell <name>',
          description: 'the shell, as pixi and micromamba name it; else that of SHELL',
          choices: ['bash', 'zsh', 'fish', 'powershell'],
        },
      ],
    },
  ],
  examples: [
    'eval "$(tconda completion bash)"',
    'tconda completion zsh > ~/.zfunc/_tconda',
    'tconda completion fish > ~/.config/fish/completions/tconda.fish',
  ],
  run([operand], options, { host }) {
    const given = readText(options, 'shell');
    if (operand !== undefined && given !== undefined) {
      throw new TcondaError('USAGE', `-s names the shell already, so '${operand}' can't be another`);
    }
    const login = path.basename(host.env['SHELL'] ?? '');
    const shell = operand ?? given ?? (CODE.has(login) ? login : undefined);
    if (shell === undefined) {
      throw new TcondaError('USAGE', 'which shell is not known', {
        hint: `Name it: ${[...CODE.keys()].join(', ')}`,
      });
    }
    const code = CODE.get(shell);
    if (code === undefined) {
      const near = nearNames(shell, [...CODE.keys()]);
      throw new TcondaError('USAGE', `'${shell}' is none of the shells ${[...CODE.keys()].join(', ')}`, {
        hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'See tconda completion --help',
      });
    }
    return Promise.resolve({ kind: 'output', json: { success: true, code: code.join('\n') }, lines: code });
  },
};

const CODE: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'bash',
    [
      '_tconda() {',
      "  local IFS=$'\\n' words=() current=${COMP_WORDS[COMP_CWORD]} last i",
      // bash takes --name=demo for three words.
      '  for ((i = 1; i <= COMP_CWORD; i++)); do',
      '    if ((i > 1)) && [[ ${COMP_WORDS[i]} == = || ${COMP_WORDS[i-1]} == = ]]; then',
      '      words[${#words[@]}-1]+=${COMP_WORDS[i]}',
      '    else',
      '      words+=("${COMP_WORDS[i]}")',
      '    fi',
      '  done',
      '  last=${words[${#words[@]}-1]}',
      '  COMPREPLY=($(command tconda complete -- "${words[@]}" 2>/dev/null))',
      '  [[ $current == = ]] && current=',
      '  last=${last%"$current"}',
      '  COMPREPLY=("${COMPREPLY[@]#"$last"}")',
      '}',
      'complete -o default -F _tconda tconda',
    ],
  ],
  [
    'zsh',
    [
      '#compdef tconda',
      '_tconda() {',
      '  local -a found',
      '  found=(${(f)"$(command tconda complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})',
      '  if (( ${#found} )); then compadd -a found; else _files; fi',
      '}',
      'if [ "$funcstack[1]" = "_tconda" ]; then _tconda "$@"; else compdef _tconda tconda; fi',
    ],
  ],
  [
    'fish',
    [
      'function __tconda_complete',
      '  set -l words (commandline -opc) (commandline -ct)',
      '  set -l found (command tconda complete -- $words[2..-1] 2>/dev/null)',
      '  if set -q found[1]; string join \\n -- $found; else; __fish_complete_path (commandline -ct); end',
      'end',
      "complete -c tconda -f -a '(__tconda_complete)'",
    ],
  ],
  [
    'powershell',
    [
      'Register-ArgumentCompleter -Native -CommandName tconda -ScriptBlock {',
      '  param($word, $line, $position)',
      '  $words = @($line.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })',
      "  if ($word -eq '') { $words += '' }",
      '  & tconda complete -- @words 2>$null | ForEach-Object {',
      "    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)",
      '  }',
      '}',
    ],
  ],
]);
