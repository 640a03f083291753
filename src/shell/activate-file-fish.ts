import { quoteFish } from './quote.ts';

/** The body of `bin/activate.fish`. Works when the environment was moved. */
export function formatFishFile(prefix: string, name: string, given: ReadonlyMap<string, string>): string {
  const variables = [...given];
  const enter = variables
    .map(
      ([key, value]) =>
        `if set -q ${key}; and test -n "$${key}"\n    set -gx __CONDA_SHLVL_{$_TCONDA_FILE_LEVEL}_${key} "$${key}"\nend\nset -gx ${key} ${quoteFish(value)}\n`,
    )
    .join('');
  const names = variables.map(([key]) => key).join(' ');
  return `# Use it in fish: source ${quoteFish(`${prefix}/bin/activate.fish`)}; leave with: deactivate

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
