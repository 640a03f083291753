import { quoteFish, quotePosix, quotePowerShell } from './quote.ts';
import { type ShellName, SHELLS } from './shells.ts';

export interface HookOptions {
  /** Exported first: who the client is. */
  readonly clientVariables: ReadonlyMap<string, string>;
  /** The program the shell function calls. */
  readonly program: string;
  /** Names of the function; `tconda`, and `conda` if asked for. */
  readonly names: readonly string[];
  /** Activated at the end. */
  readonly activate: string | undefined;
}

/** What a shell evaluates once so that `tconda activate` works in it; undefined for shells without such a hook. */
export function formatHook(shell: ShellName, options: HookOptions): string | undefined {
  const body = HOOKS[shell]?.(options);
  if (body === undefined) return undefined;
  const syntax = SHELLS[shell];
  const exports = [...options.clientVariables].map(
    ([name, value]) => syntax.export(name, value) + syntax.end,
  );
  const name = options.names[0] ?? 'tconda';
  const last =
    options.activate === undefined ? '' : `\n${name} activate ${quoteFor(shell)(options.activate)}\n`;
  return `${exports.join('')}\n${body}${last}`;
}

const HOOKS: Partial<Readonly<Record<ShellName, (options: HookOptions) => string>>> = {
  posix: ({ program, names }) => `__tconda_exe() {
    ${quotePosix(program)} "$@"
}

__tconda_eval() {
    \\local code
    code="$(PS1="\${PS1:-}" ${quotePosix(program)} shell.posix "$@")" || \\return
    \\eval "$code"
    if [ -n "\${ZSH_VERSION:+x}" ]; then
        \\rehash
    else
        \\hash -r 2>/dev/null || :
    fi
}

__tconda() {
    case "\${1-}" in
        activate|deactivate)
            __tconda_eval "$@"
            ;;
        install|update|upgrade|remove|uninstall)
            __tconda_exe "$@" || \\return
            __tconda_eval reactivate
            ;;
        *)
            __tconda_exe "$@"
            ;;
    esac
}

${names.map((name) => `${name}() {\n    __tconda "$@"\n}\n`).join('\n')}
if [ -z "\${CONDA_SHLVL:+x}" ]; then
    \\export CONDA_SHLVL=0
fi
if [ -z "\${PS1+x}" ]; then
    PS1=
fi
`,
  fish: ({ program, names }) => `if not set -q CONDA_SHLVL
    set -gx CONDA_SHLVL 0
end

if not functions -q __tconda_fish_prompt
    if functions -q fish_prompt
        functions -c fish_prompt __tconda_fish_prompt
    else
        function __tconda_fish_prompt
        end
    end
    function __tconda_return
        return $argv[1]
    end
    function fish_prompt
        set -l tconda_status $status
        if set -q CONDA_PROMPT_MODIFIER
            echo -n $CONDA_PROMPT_MODIFIER
        end
        __tconda_return $tconda_status
        __tconda_fish_prompt
    end
end

function __tconda_eval
    set -l code (${quoteFish(program)} shell.fish $argv | string collect)
    or return
    eval $code
end

function __tconda
    switch "$argv[1]"
        case activate deactivate
            __tconda_eval $argv
        case install update upgrade remove uninstall
            ${quoteFish(program)} $argv
            and __tconda_eval reactivate
        case '*'
            ${quoteFish(program)} $argv
    end
end

${names.map((name) => `function ${name}\n    __tconda $argv\nend\n`).join('\n')}`,
  powershell: ({ program, names }) => `function __tconda {
    $Program = ${quotePowerShell(program)}
    $First = if ($args.Count -gt 0) { $args[0] } else { "" }
    switch -Regex ($First) {
        "^(activate|deactivate)$" {
            $Code = (& $Program shell.powershell @args | Out-String)
            if ($LASTEXITCODE -eq 0 -and $Code.Trim().Length -gt 0) { Invoke-Expression -Command $Code }
        }
        "^(install|update|upgrade|remove|uninstall)$" {
            & $Program @args
            if ($LASTEXITCODE -eq 0) {
                $Code = (& $Program shell.powershell reactivate | Out-String)
                if ($Code.Trim().Length -gt 0) { Invoke-Expression -Command $Code }
            }
        }
        default { & $Program @args }
    }
}
${names.map((name) => `Set-Alias -Name ${name} -Value __tconda -Scope Global\n`).join('')}if (-not $Env:CONDA_SHLVL) { $Env:CONDA_SHLVL = "0" }
`,
};

function quoteFor(shell: ShellName): (text: string) => string {
  if (shell === 'fish') return quoteFish;
  return shell === 'powershell' ? quotePowerShell : quotePosix;
}
