import type { HookOptions } from './hook.ts';
import { quoteFish } from './quote.ts';

/** The hook of fish. The prompt shows the modifier by a function around the one that is there. */
export function hookFish({ command, names, condabin }: HookOptions): string {
  const program = command.map(quoteFish).join(' ');
  return `if not set -q CONDA_SHLVL
    set -gx CONDA_SHLVL 0
    string match -q '*/condabin' -- $PATH; or set -gx PATH ${quoteFish(condabin)} $PATH
end

function __tconda_return
    return $argv[1]
end

if status is-interactive; and not functions -q __tconda_fish_prompt
    if functions -q fish_prompt
        functions -c fish_prompt __tconda_fish_prompt
    else
        function __tconda_fish_prompt
        end
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
    set -l code (${command.map(quoteFish).join(' ')} shell.fish $argv | string collect)
    set -l failed $pipestatus[1]
    test $failed -eq 0; or return $failed
    eval $code
end

# At the start of a shell, with the file that enters its environment. One that was started within an environment stays in it.
function __tconda_start
    if test -n "$CONDA_PREFIX"; and test -n "$CONDA_SHLVL"; and test "$CONDA_SHLVL" != 0
        contains -- $CONDA_PREFIX/bin $PATH; or set -gx PATH $CONDA_PREFIX/bin $PATH
        return
    end
    # Left behind by an environment that was left; it comes back with the next.
    test "$CONDA_EXE" = "$TCONDA_EXE"; and set -e CONDA_EXE
    if test -r "$argv[1]"
        source $argv[1]
    else
        __tconda_eval start 2>/dev/null
    end
end

function __tconda
    switch "$argv[1]"
        case activate deactivate
            __tconda_eval $argv
        case install update upgrade remove uninstall
            ${program} $argv
            and __tconda_eval reactivate
        case local
            ${program} $argv; or return
            set -e _TCONDA_AUTO_FILE
            __tconda_look
        case '*'
            ${program} $argv
    end
end

${names.map((name) => `function ${name}\n    __tconda $argv\nend\n`).join('\n')}
# Finds the file that names the environment of this folder; only builtins.
function __tconda_look
    set -l folder (string trim --right --chars=/ -- $PWD)
    set -l file ''
    while true
        if test -f "$folder/.tconda-env"
            set file "$folder/.tconda-env"
            break
        else if test -f "$folder/.python-version"
            set file "$folder/.python-version"
            break
        else if test -z "$folder"
            break
        end
        set folder (string replace --regex '/[^/]*$' '' -- $folder)
    end
    if test "$file" != "$_TCONDA_AUTO_FILE"
        __tconda_eval auto "$file"
    end
end

if status is-interactive
    function __tconda_cd --on-variable PWD
        __tconda_look
    end
    __tconda_look
end
`;
}
