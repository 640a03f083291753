import { UNSET_VARIABLE } from '../model/environment-variable.ts';
import type { EnvironmentState } from './activation.ts';
import { quoteCsh, quoteFish, quotePosix } from './quote.ts';

/** The first line of each file; a file without it is somebody else's. */
export const ACTIVATE_FILE_MARK =
  '# Enters this environment; written by tconda, which keeps it as the environment is.';

/**
 * Files that enter the environment without tconda, as those of Python's venv do: `. env/bin/activate` in bash, zsh and
 * POSIX sh, and those of fish and csh beside it. They define `deactivate`. The state they leave is that of
 * `tconda activate --stack`, so that either can leave what the other entered.
 * @param name what people call the environment, in the prompt
 * @returns contents by path below the prefix
 */
export function formatActivateFiles(
  environment: Pick<EnvironmentState, 'prefix' | 'variables'>,
  name: string,
): ReadonlyMap<string, string> {
  const variables = [...environment.variables].filter(([, value]) => value !== UNSET_VARIABLE);
  const { prefix } = environment;
  return new Map([
    ['bin/activate', posixFile(prefix, name, variables)],
    ['bin/activate.fish', fishFile(prefix, name, variables)],
    ['bin/activate.csh', cshFile(prefix, name, variables)],
  ]);
}

type Variables = readonly (readonly [string, string])[];

/** Works under `set -eu`, and when the environment was moved. */
function posixFile(prefix: string, name: string, variables: Variables): string {
  const save = variables.map(([key]) => `    __tconda_save ${key}\n`).join('');
  const set = variables.map(([key, value]) => `    export ${key}=${quotePosix(value)}\n`).join('');
  const restore = variables.map(([key]) => `    __tconda_restore ${key}\n`).join('');
  return `${ACTIVATE_FILE_MARK}
# Use it in bash, zsh or sh: . ${quotePosix(`${prefix}/bin/activate`)}; leave with: deactivate

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
    export CONDA_PROMPT_MODIFIER="($__tconda_name) "
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

function fishFile(prefix: string, name: string, variables: Variables): string {
  const enter = variables
    .map(
      ([key, value]) =>
        `if set -q ${key}; and test -n "$${key}"\n    set -gx __CONDA_SHLVL_{$_TCONDA_FILE_LEVEL}_${key} "$${key}"\nend\nset -gx ${key} ${quoteFish(value)}\n`,
    )
    .join('');
  const names = variables.map(([key]) => key).join(' ');
  return `${ACTIVATE_FILE_MARK}
# Use it in fish: source ${quoteFish(`${prefix}/bin/activate.fish`)}; leave with: deactivate

if set -q _TCONDA_FILE_PREFIX; and test "$_TCONDA_FILE_PREFIX" = "$CONDA_PREFIX"
    deactivate
end

function deactivate -d 'Leave the environment'
    if test "$_TCONDA_FILE_PREFIX" != "$CONDA_PREFIX"
        echo 'deactivate: another environment is active' >&2
        return 1
    end
    set -l scripts $CONDA_PREFIX/etc/conda/deactivate.d/*.fish
    for script in $scripts[-1..1]
        source $script
    end
    if set -l at (contains -i -- $CONDA_PREFIX/bin $PATH)
        set -e PATH[$at]
    end
    for key in ${names}
        set -l saved __CONDA_SHLVL_{$_TCONDA_FILE_LEVEL}_$key
        if set -q $saved
            set -gx $key $$saved
            set -e $saved
        else
            set -e $key
        end
    end
    if test "$_TCONDA_FILE_LEVEL" -gt 0
        set -l before CONDA_PREFIX_$_TCONDA_FILE_LEVEL
        set -gx CONDA_PREFIX $$before
        set -e $before
        set -e CONDA_STACKED_(math $_TCONDA_FILE_LEVEL + 1)
        set -gx CONDA_PROMPT_MODIFIER "$_TCONDA_FILE_MODIFIER"
        set -gx CONDA_DEFAULT_ENV "$_TCONDA_FILE_NAME"
    else
        set -e CONDA_PREFIX
        set -e CONDA_DEFAULT_ENV
        set -e CONDA_PROMPT_MODIFIER
    end
    set -gx CONDA_SHLVL $_TCONDA_FILE_LEVEL
    if functions -q __tconda_file_prompt
        functions -e fish_prompt
        functions -c __tconda_file_prompt fish_prompt
        functions -e __tconda_file_prompt
    end
    set -e _TCONDA_FILE_LEVEL
    set -e _TCONDA_FILE_PREFIX
    set -e _TCONDA_FILE_MODIFIER
    set -e _TCONDA_FILE_NAME
    functions -e deactivate
end

set -g _TCONDA_FILE_PREFIX ${quoteFish(prefix)}
set -l __tconda_name ${quoteFish(name)}
# The environment may have been moved.
set -l __tconda_self (builtin realpath (status --current-filename))
if test "$__tconda_self" != (builtin realpath -- $_TCONDA_FILE_PREFIX/bin/activate.fish 2>/dev/null; or echo)
    set -g _TCONDA_FILE_PREFIX (string replace --regex '/bin/[^/]*$' '' -- $__tconda_self)
    set __tconda_name $_TCONDA_FILE_PREFIX
end
set -g _TCONDA_FILE_LEVEL 0
if set -q CONDA_SHLVL; and test -n "$CONDA_SHLVL"
    set -g _TCONDA_FILE_LEVEL $CONDA_SHLVL
end
set -g _TCONDA_FILE_MODIFIER "$CONDA_PROMPT_MODIFIER"
set -g _TCONDA_FILE_NAME "$CONDA_DEFAULT_ENV"
${enter}if test "$_TCONDA_FILE_LEVEL" -gt 0; and test -n "$CONDA_PREFIX"
    set -gx CONDA_PREFIX_$_TCONDA_FILE_LEVEL $CONDA_PREFIX
    set -gx CONDA_STACKED_(math $_TCONDA_FILE_LEVEL + 1) true
end
set -gx PATH $_TCONDA_FILE_PREFIX/bin $PATH
set -gx CONDA_PREFIX $_TCONDA_FILE_PREFIX
set -gx CONDA_SHLVL (math $_TCONDA_FILE_LEVEL + 1)
set -gx CONDA_DEFAULT_ENV $__tconda_name
set -gx CONDA_PROMPT_MODIFIER "($__tconda_name) "
for script in $CONDA_PREFIX/etc/conda/activate.d/*.fish
    source $script
end
# The prompt of tconda's own hook shows the modifier already.
if status is-interactive; and not functions -q __tconda_fish_prompt
    functions -q fish_prompt; or function fish_prompt; end
    functions -c fish_prompt __tconda_file_prompt
    function fish_prompt
        echo -n $CONDA_PROMPT_MODIFIER
        __tconda_file_prompt
    end
end
`;
}

/** csh can't tell where a file lies that it reads: this one holds for the place where it was written. */
function cshFile(prefix: string, name: string, variables: Variables): string {
  const save = variables
    .map(
      ([key]) => `if ($?${key}) then\n    setenv __CONDA_SHLVL_\${_tconda_level}_${key} "$${key}:q"\nendif\n`,
    )
    .join('');
  const enter = variables.map(([key, value]) => `setenv ${key} ${quoteCsh(value)}\n`).join('');
  const restore = variables
    .map(
      ([key]) => `unsetenv ${key}
eval 'set _tconda_saved = $?__CONDA_SHLVL_'$_tconda_level'_${key}'
if ($_tconda_saved) then
    eval 'setenv ${key} "$__CONDA_SHLVL_'$_tconda_level'_${key}:q"'
    unsetenv __CONDA_SHLVL_\${_tconda_level}_${key}
endif
unset _tconda_saved
`,
    )
    .join('');
  const modifier = quoteCsh(`(${name}) `);
  // An alias has room for one line: what it has to do stands behind this file's first word.
  return `${ACTIVATE_FILE_MARK}
# Use it in csh or tcsh: source ${quoteCsh(`${prefix}/bin/activate.csh`)}; leave with: deactivate

if ("$1" == "leave") goto leave
if ($?_TCONDA_FILE_PREFIX) then
    if ("$_TCONDA_FILE_PREFIX:q" == "$CONDA_PREFIX:q") source ${quoteCsh(`${prefix}/bin/activate.csh`)} leave
endif
setenv _TCONDA_FILE_PREFIX ${quoteCsh(prefix)}
setenv _TCONDA_FILE_PATH "$PATH:q"
set _tconda_level = 0
if ($?CONDA_SHLVL) then
    set _tconda_level = "$CONDA_SHLVL"
endif
if ("$_tconda_level" == "") set _tconda_level = 0
${save}if ($_tconda_level > 0 && $?CONDA_PREFIX) then
    setenv CONDA_PREFIX_$_tconda_level "$CONDA_PREFIX:q"
    setenv _TCONDA_FILE_NAME "$CONDA_DEFAULT_ENV:q"
    setenv _TCONDA_FILE_MODIFIER "$CONDA_PROMPT_MODIFIER:q"
endif
@ _tconda_level = $_tconda_level + 1
if ($_tconda_level > 1) setenv CONDA_STACKED_$_tconda_level true
setenv PATH ${quoteCsh(`${prefix}/bin:`)}"$PATH:q"
setenv CONDA_PREFIX ${quoteCsh(prefix)}
setenv CONDA_SHLVL $_tconda_level
setenv CONDA_DEFAULT_ENV ${quoteCsh(name)}
setenv CONDA_PROMPT_MODIFIER ${modifier}
${enter}if ($?prompt) then
    set _tconda_prompt = "$prompt:q"
    set prompt = ${modifier}"$prompt:q"
endif
alias deactivate ${quoteCsh(`source ${quoteCsh(`${prefix}/bin/activate.csh`)} leave`)}
set nonomatch
foreach _tconda_script (${escapeCsh(prefix)}/etc/conda/activate.d/*.csh)
    if (-f "$_tconda_script:q") source "$_tconda_script:q"
end
unset nonomatch _tconda_script _tconda_level
rehash
goto done

leave:
set nonomatch
set _tconda_scripts = (${escapeCsh(prefix)}/etc/conda/deactivate.d/*.csh)
unset nonomatch
while ($#_tconda_scripts > 0)
    if (-f "$_tconda_scripts[$#_tconda_scripts]:q") source "$_tconda_scripts[$#_tconda_scripts]:q"
    @ _tconda_last = $#_tconda_scripts - 1
    if ($_tconda_last == 0) then
        set _tconda_scripts = ()
    else
        set _tconda_scripts = ($_tconda_scripts[1-$_tconda_last]:q)
    endif
end
unset _tconda_scripts _tconda_last
setenv PATH "$_TCONDA_FILE_PATH:q"
if ($?_tconda_prompt) then
    set prompt = "$_tconda_prompt:q"
    unset _tconda_prompt
endif
set _tconda_level = $CONDA_SHLVL
unsetenv CONDA_STACKED_$_tconda_level
@ _tconda_level = $_tconda_level - 1
setenv CONDA_SHLVL $_tconda_level
${restore}unsetenv CONDA_PREFIX
unsetenv CONDA_DEFAULT_ENV
unsetenv CONDA_PROMPT_MODIFIER
if ($_tconda_level > 0) then
    eval setenv CONDA_PREFIX '"$CONDA_PREFIX_'$_tconda_level':q"'
    unsetenv CONDA_PREFIX_$_tconda_level
    setenv CONDA_DEFAULT_ENV "$_TCONDA_FILE_NAME:q"
    setenv CONDA_PROMPT_MODIFIER "$_TCONDA_FILE_MODIFIER:q"
    unsetenv _TCONDA_FILE_NAME
    unsetenv _TCONDA_FILE_MODIFIER
endif
unset _tconda_level
unsetenv _TCONDA_FILE_PREFIX
unsetenv _TCONDA_FILE_PATH
unalias deactivate
rehash

done:
`;
}

/** Text of a pattern. tcsh finds nothing by a pattern with letters beyond ASCII in quotes. */
function escapeCsh(text: string): string {
  return text.replace(/[^\w/.\u0080-\uffff-]/g, '\\$&');
}
