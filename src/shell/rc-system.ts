import path from 'node:path';

import { quoteCsh, quoteFish, quotePowerShell, quotePython } from './quote.ts';
import type { RcMachine } from './rc-file.ts';
import type { ShellName } from './shells.ts';

/** A file that a shell reads for every user. */
export interface SystemFile {
  /** Absolute. */
  readonly file: string;
  /** Only ours stands in it: once that is out, the file goes. */
  readonly isOurs: boolean;
}

/**
 * The files a shell reads for all users, whoever starts it; none where this machine has none. cmd.exe has its registry.
 * @param root the folder that stands for `/`: that of an image which is being prepared
 */
export function systemFiles(shell: string, machine: RcMachine, root = '/'): readonly SystemFile[] {
  const { platform, exists } = machine;
  if (platform === 'win32') return shell === 'powershell' ? windowsProfiles(machine) : [];
  const at = (...parts: readonly string[]): string => path.posix.join(root, ...parts);
  const ours = (...parts: readonly string[]): SystemFile => ({ file: at(...parts), isOurs: true });
  const shared = (...parts: readonly string[]): SystemFile => ({ file: at(...parts), isOurs: false });
  const isMac = platform === 'darwin';
  switch (shell) {
    case 'bash': {
      // Where it is there, it is what an interactive bash reads that is no login shell.
      const rc = exists(at('etc/bash.bashrc')) ? [shared('etc/bash.bashrc')] : [];
      return isMac ? [shared('etc/profile')] : [ours('etc/profile.d/tconda.sh'), ...rc];
    }
    case 'posix':
      return isMac ? [shared('etc/profile')] : [ours('etc/profile.d/tconda.sh')];
    case 'zsh':
      return [exists(at('etc/zsh')) ? shared('etc/zsh/zshrc') : shared('etc/zshrc')];
    case 'fish':
      return [ours('etc/fish/conf.d/tconda.fish')];
    case 'tcsh':
      return [shared('etc/csh.cshrc')];
    case 'xonsh':
      return [ours('etc/xonsh/rc.d/tconda.xsh')];
    case 'powershell': {
      const folder = isMac ? 'usr/local/microsoft/powershell/7' : 'opt/microsoft/powershell/7';
      return exists(at(folder)) ? [shared(folder, 'profile.ps1')] : [];
    }
    default:
      return [];
  }
}

function windowsProfiles({ env, exists }: RcMachine): readonly SystemFile[] {
  return [
    path.win32.join(env['ProgramFiles'] ?? String.raw`C:\Program Files`, 'PowerShell', '7'),
    path.win32.join(env['SystemRoot'] ?? String.raw`C:\Windows`, 'System32', 'WindowsPowerShell', 'v1.0'),
  ]
    .filter((folder) => exists(folder))
    .map((folder) => ({ file: path.win32.join(folder, 'profile.ps1'), isOurs: false }));
}

/**
 * The lines that enter the environment of new shells with the file of that name, which lies in the state of the user who
 * starts the shell. Only where a person types: such files are read by scripts and by sessions of desktops, too.
 */
export function systemStart(shell: ShellName, name: string): readonly string[] {
  const file = `tconda/${name}`;
  switch (shell) {
    case 'posix':
      return [
        'case $- in',
        `    *i*) __tconda_start "\${XDG_STATE_HOME:-\${HOME-}/.local/state}/${file}" ;;`,
        'esac',
      ];
    case 'fish':
      return [
        'if status is-interactive',
        '    set -l __tconda_state $XDG_STATE_HOME',
        '    test -n "$__tconda_state"; or set __tconda_state $HOME/.local/state',
        `    __tconda_start "$__tconda_state"${quoteFish(`/${file}`)}`,
        'end',
      ];
    case 'csh':
      return [
        'if ($?prompt) then',
        '    set _tconda_state = "$home:q/.local/state"',
        '    if ($?XDG_STATE_HOME) then',
        '        if ("$XDG_STATE_HOME:q" != "") set _tconda_state = "$XDG_STATE_HOME:q"',
        '    endif',
        `    __tconda_start "$_tconda_state:q"${quoteCsh(`/${file}`)}`,
        '    unset _tconda_state',
        'endif',
      ];
    case 'xonsh':
      return [
        "if __xonsh__.env.get('XONSH_INTERACTIVE'):",
        "    _tconda_state = __xonsh__.env.get('XDG_STATE_HOME') or _os.path.expanduser('~/.local/state')",
        `    aliases['__tconda_start']([_os.path.join(_tconda_state, ${quotePython(file)})])`,
        '    del _tconda_state',
      ];
    case 'powershell':
      return [
        "$TcondaState = if ($Env:XDG_STATE_HOME) { $Env:XDG_STATE_HOME } else { Join-Path $HOME '.local/state' }",
        `__tconda_start (Join-Path $TcondaState ${quotePowerShell(file)})`,
        'Remove-Variable TcondaState',
      ];
    case 'nushell':
    case 'cmd.exe':
      return [];
  }
}
