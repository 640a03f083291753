import type { HookOptions } from './hook.ts';
import { quotePosix } from './quote.ts';

/**
 * The hook of bash, zsh and POSIX sh: one text for all, which works under `set -eu` and with any aliases. What only bash
 * or zsh reads stands in `eval`, as others need not be able to parse it.
 */
export function hookPosix({ command, names, condabin }: HookOptions): string {
  const program = command.map(quotePosix).join(' ');
  return `__tconda_exe() {
    ${program} "$@"
}

__tconda_eval() {
    __tconda_code="$(PS1="\${PS1:-}" ${command.map(quotePosix).join(' ')} shell.posix "$@")" || \\return
    \\eval "$__tconda_code"
    \\unset __tconda_code
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
        local)
            __tconda_exe "$@" || \\return
            \\unset _TCONDA_AUTO_FILE
            __tconda_look
            ;;
        *)
            __tconda_exe "$@"
            ;;
    esac
}

# An alias of the same name would be read in place of the function's.
${names.map((name) => `\\unalias ${name} 2>/dev/null || :\n\\eval '${name}() { __tconda "$@"; }'\n`).join('')}
# Finds the file that names the environment of this folder; only builtins.
__tconda_look() {
    __tconda_pwd="$PWD"
    __tconda_file="\${PWD%/}"
    while :; do
        if [ -f "$__tconda_file/.tconda-env" ]; then
            __tconda_file="$__tconda_file/.tconda-env"
            \\break
        elif [ -f "$__tconda_file/.python-version" ]; then
            __tconda_file="$__tconda_file/.python-version"
            \\break
        elif [ -z "$__tconda_file" ]; then
            \\break
        fi
        __tconda_file="\${__tconda_file%/*}"
    done
    if [ "$__tconda_file" != "\${_TCONDA_AUTO_FILE:-}" ]; then
        __tconda_eval auto "$__tconda_file" || :
    fi
}

# Called at each prompt; keeps the status that the prompt may show.
__tconda_prompt() {
    __tconda_status=$?
    if [ "\${__tconda_pwd:-}" != "$PWD" ]; then
        __tconda_look
    fi
    \\return $__tconda_status
}

# At the start of a shell, with the file that enters its environment. One that was started within an environment stays in
# it: login shells set PATH anew, and the prompt is not inherited.
__tconda_start() {
    if [ "\${CONDA_SHLVL:-0}" = 0 ] || [ -z "\${CONDA_PREFIX:-}" ]; then
        # Left behind by an environment that was left; it comes back with the next.
        if [ "\${CONDA_EXE-}" = "\${TCONDA_EXE-}" ]; then
            \\unset CONDA_EXE
        fi
        if [ -r "$1" ]; then
            . "$1"
        else
            __tconda_eval start 2>/dev/null || :
        fi
        \\return
    fi
    case ":\${PATH-}:" in
        *":$CONDA_PREFIX/bin:"*) ;;
        *) \\export PATH="$CONDA_PREFIX/bin\${PATH:+:$PATH}" ;;
    esac
    case "\${PS1-}" in
        *POWERLINE_COMMAND* | *"\${CONDA_PROMPT_MODIFIER:-}"*) ;;
        *) PS1="$CONDA_PROMPT_MODIFIER$PS1" ;;
    esac
}

if [ -z "\${CONDA_SHLVL:+x}" ]; then
    \\export CONDA_SHLVL=0
    case ":\${PATH-}:" in
        */condabin:*) ;;
        *) \\export PATH=${quotePosix(condabin)}"\${PATH:+:$PATH}" ;;
    esac
fi
if [ -z "\${PS1+x}" ]; then
    PS1=
fi
case "$-" in
    *i*)
        if [ -n "\${ZSH_VERSION:+x}" ]; then
            \\eval '(( \${precmd_functions[(I)__tconda_prompt]} )) || precmd_functions+=(__tconda_prompt)
                   (( \${chpwd_functions[(I)__tconda_prompt]} )) || chpwd_functions+=(__tconda_prompt)'
        elif [ -n "\${BASH_VERSION:+x}" ]; then
            case "\${PROMPT_COMMAND-}" in
                *__tconda_prompt*) ;;
                *) PROMPT_COMMAND="__tconda_prompt\${PROMPT_COMMAND:+; $PROMPT_COMMAND}" ;;
            esac
        else
            \\unalias cd 2>/dev/null || :
            \\eval 'cd() { \\command cd "$@" || \\return; __tconda_prompt; }'
            __tconda_prompt
        fi
        ;;
esac
`;
}
