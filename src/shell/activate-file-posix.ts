import { quotePosix } from './quote.ts';

/**
 * The body of `bin/activate`, for bash, zsh and POSIX sh. Works under `set -eu`, and when the environment was moved.
 */
export function formatPosixFile(prefix: string, name: string, given: ReadonlyMap<string, string>): string {
  const variables = [...given];
  const save = variables.map(([key]) => `    __tconda_save ${key}\n`).join('');
  const set = variables.map(([key, value]) => `    export ${key}=${quotePosix(value)}\n`).join('');
  const restore = variables.map(([key]) => `    __tconda_restore ${key}\n`).join('');
  return `# Use it in bash, zsh or sh: . ${quotePosix(`${prefix}/bin/activate`)}; leave with: deactivate

if [ -n "\${_TCONDA_FILE_PREFIX:-}" ] && [ "$_TCONDA_FILE_PREFIX" = "\${CONDA_PREFIX:-}" ]; then
    deactivate
fi

__tconda_scripts() {
    if [ -n "\${ZSH_VERSION:+x}" ]; then
        setopt local_options null_glob
    fi
    __tconda_order=$1
    __tconda_folder=$2
    set --
    for __tconda_script in "$__tconda_folder"/*.sh; do
        if [ ! -f "$__tconda_script" ]; then
            continue
        elif [ "$__tconda_order" = up ]; then
            set -- "$@" "$__tconda_script"
        else
            set -- "$__tconda_script" "$@"
        fi
    done
    for __tconda_script in "$@"; do
        . "$__tconda_script"
    done
    unset __tconda_order __tconda_folder __tconda_script
}

__tconda_save() {
    eval "if [ -n \\"\\\${$1:-}\\" ]; then export __CONDA_SHLVL_\${_TCONDA_FILE_LEVEL}_$1=\\"\\\${$1}\\"; fi"
}

__tconda_restore() {
    eval "if [ -n \\"\\\${__CONDA_SHLVL_\${_TCONDA_FILE_LEVEL}_$1:-}\\" ]; then
        export $1=\\"\\\${__CONDA_SHLVL_\${_TCONDA_FILE_LEVEL}_$1}\\"
        unset __CONDA_SHLVL_\${_TCONDA_FILE_LEVEL}_$1
    else
        unset $1
    fi"
}

__tconda_enter() {
    __tconda_prefix=$1
    __tconda_name=$2
    _TCONDA_FILE_LEVEL=\${CONDA_SHLVL:-0}
    _TCONDA_FILE_PREFIX=$__tconda_prefix
    _TCONDA_FILE_MODIFIER=\${CONDA_PROMPT_MODIFIER:-}
${save}    if [ "$_TCONDA_FILE_LEVEL" -gt 0 ] && [ -n "\${CONDA_PREFIX:-}" ]; then
        eval "export CONDA_PREFIX_\${_TCONDA_FILE_LEVEL}=\\"\\$CONDA_PREFIX\\""
        eval "export CONDA_STACKED_$((_TCONDA_FILE_LEVEL + 1))=true"
    fi
    export PATH="$__tconda_prefix/bin\${PATH:+:$PATH}"
    export CONDA_PREFIX="$__tconda_prefix"
    export CONDA_SHLVL=$((_TCONDA_FILE_LEVEL + 1))
    export CONDA_DEFAULT_ENV="$__tconda_name"
    # What stands in PS1 is expanded each time it is shown.
    case $__tconda_name in
        *[\\$\\\`\\\\]*) export CONDA_PROMPT_MODIFIER='(environment) ' ;;
        *) export CONDA_PROMPT_MODIFIER="($__tconda_name) " ;;
    esac
    if [ -n "\${PS1:-}" ]; then
        PS1="$CONDA_PROMPT_MODIFIER\${PS1#"$_TCONDA_FILE_MODIFIER"}"
    fi
${set}    unset __tconda_prefix __tconda_name
    __tconda_scripts up "$CONDA_PREFIX/etc/conda/activate.d"
    hash -r 2>/dev/null || :
}

deactivate() {
    if [ "\${_TCONDA_FILE_PREFIX:-}" != "\${CONDA_PREFIX:-}" ]; then
        echo 'deactivate: another environment is active' >&2
        return 1
    fi
    __tconda_scripts down "$CONDA_PREFIX/etc/conda/deactivate.d"
    __tconda_path=":$PATH:"
    case $__tconda_path in
        *":$CONDA_PREFIX/bin:"*)
            __tconda_path="\${__tconda_path%%":$CONDA_PREFIX/bin:"*}:\${__tconda_path#*":$CONDA_PREFIX/bin:"}"
            ;;
    esac
    __tconda_path=\${__tconda_path#:}
    export PATH="\${__tconda_path%:}"
${restore}    if [ -n "\${PS1:-}" ]; then
        PS1="$_TCONDA_FILE_MODIFIER\${PS1#"\${CONDA_PROMPT_MODIFIER:-}"}"
    fi
    if [ "$_TCONDA_FILE_LEVEL" -gt 0 ]; then
        eval "export CONDA_PREFIX=\\"\\\${CONDA_PREFIX_\${_TCONDA_FILE_LEVEL}:-}\\""
        eval "unset CONDA_PREFIX_\${_TCONDA_FILE_LEVEL} CONDA_STACKED_$((_TCONDA_FILE_LEVEL + 1))"
        export CONDA_PROMPT_MODIFIER="$_TCONDA_FILE_MODIFIER"
        __tconda_name=\${CONDA_PREFIX%/*}
        if [ "\${__tconda_name##*/}" = envs ]; then
            export CONDA_DEFAULT_ENV="\${CONDA_PREFIX##*/}"
        elif [ -d "$CONDA_PREFIX/envs" ]; then
            export CONDA_DEFAULT_ENV=base
        else
            export CONDA_DEFAULT_ENV="$CONDA_PREFIX"
        fi
        unset __tconda_name
    else
        unset CONDA_PREFIX CONDA_DEFAULT_ENV CONDA_PROMPT_MODIFIER
    fi
    export CONDA_SHLVL="$_TCONDA_FILE_LEVEL"
    hash -r 2>/dev/null || :
    unset __tconda_path _TCONDA_FILE_LEVEL _TCONDA_FILE_PREFIX _TCONDA_FILE_MODIFIER
    unset -f deactivate __tconda_enter __tconda_scripts __tconda_save __tconda_restore
}

# Where this file is now, if the shell can tell, else where it was written.
__tconda_self=
if [ -n "\${BASH_VERSION:+x}" ]; then
    eval '__tconda_self=\${BASH_SOURCE[0]}'
elif [ -n "\${ZSH_VERSION:+x}" ]; then
    eval '__tconda_self=\${(%):-%x}'
fi
if [ -z "$__tconda_self" ] || [ "$__tconda_self" -ef ${quotePosix(`${prefix}/bin/activate`)} ]; then
    unset __tconda_self
    __tconda_enter ${quotePosix(prefix)} ${quotePosix(name)}
else
    case $__tconda_self in
        */*) __tconda_self=\${__tconda_self%/*} ;;
        *) __tconda_self=. ;;
    esac
    __tconda_self="$(CDPATH= cd -- "$__tconda_self/.." && pwd)"
    __tconda_enter "$__tconda_self" "$__tconda_self"
    unset __tconda_self
fi
`;
}
