import type { Hook, HookOptions } from './hook.ts';
import { quoteCsh } from './quote.ts';

/**
 * The hook of csh and tcsh, which have aliases but no functions: an alias reads a file with the words of the command.
 * The code to evaluate comes in a file too, as the output of a command is split at blanks.
 */
export function hookCsh({ command, names, folder, condabin }: HookOptions): Hook {
  const program = command.map(quoteCsh).join(' ');
  const file = (name: string): string => quoteCsh(`${folder}/${name}`);
  const text = `if (! $?CONDA_SHLVL) then
    setenv CONDA_SHLVL 0
    if ("$PATH:q" !~ */condabin && "$PATH:q" !~ */condabin:*) setenv PATH ${quoteCsh(`${condabin}:`)}"$PATH:q"
endif
alias __tconda_eval 'source ${inAlias(file('tconda-eval.csh'))}'
alias __tconda_start 'source ${inAlias(file('tconda-start.csh'))}'
${names.map((name) => `alias ${name} 'source ${inAlias(file('tconda-run.csh'))}'\n`).join('')}if ($?tcsh && $?prompt) then
    alias cwdcmd 'source ${inAlias(file('tconda-look.csh'))}'
    source ${file('tconda-look.csh')}
endif
`;
  const run = `switch ("$1")
    case activate:
    case deactivate:
        source ${file('tconda-eval.csh')} $argv:q
        breaksw
    case install:
    case update:
    case upgrade:
    case remove:
    case uninstall:
        ${program} $argv:q
        set _tconda_status = $status
        if ($_tconda_status == 0) source ${file('tconda-eval.csh')} reactivate
        breaksw
    case local:
        ${program} $argv:q
        set _tconda_status = $status
        if ($_tconda_status == 0) then
            unsetenv _TCONDA_AUTO_FILE
            source ${file('tconda-look.csh')}
            set _tconda_status = 0
        endif
        breaksw
    default:
        ${program} $argv:q
        set _tconda_status = $status
        breaksw
endsw
# What ends a block sets the status; a last line like this one keeps it.
set _tconda_last = ":"
if ($_tconda_status != 0) set _tconda_last = "/bin/sh -c 'exit $_tconda_status'"
eval "unset _tconda_status _tconda_last; $_tconda_last"
`;
  const evaluate = `if ($?prompt) then
    setenv prompt "$prompt:q"
endif
set _tconda_file = \`${command.map(quoteCsh).join(' ')} shell.csh+file $argv:q\`
set _tconda_status = $status
unsetenv prompt
if ($_tconda_status == 0 && "$_tconda_file" != "") then
    source "$_tconda_file"
    \\rm -f "$_tconda_file"
    rehash
endif
unset _tconda_file
`;
  const start = `set _tconda_level = 0
if ($?CONDA_SHLVL) then
    if ("$CONDA_SHLVL" != "") set _tconda_level = "$CONDA_SHLVL"
endif
set _tconda_prefix = ""
if ($?CONDA_PREFIX) then
    set _tconda_prefix = "$CONDA_PREFIX:q"
endif
if ("$_tconda_level" == "0" || "$_tconda_prefix:q" == "") then
    # Left behind by an environment that was left; it comes back with the next.
    if ($?CONDA_EXE && $?TCONDA_EXE) then
        if ("$CONDA_EXE:q" == "$TCONDA_EXE:q") unsetenv CONDA_EXE
    endif
    if (-r "$1:q") then
        source "$1:q"
    else
        __tconda_eval start
    endif
else
    set _tconda_path = ":\${PATH:q}:"
    if ("$_tconda_path:q" !~ *:"$_tconda_prefix:q/bin":*) setenv PATH "\${_tconda_prefix:q}/bin:\${PATH:q}"
    unset _tconda_path
    if ($?prompt && $?CONDA_PROMPT_MODIFIER) then
        if ("$prompt:q" !~ *"$CONDA_PROMPT_MODIFIER:q"*) set prompt = "$CONDA_PROMPT_MODIFIER:q$prompt:q"
    endif
endif
unset _tconda_level _tconda_prefix _tconda_status
`;
  const look = `set _tconda_folder = "$cwd:q"
if ("$_tconda_folder:q" == "/") set _tconda_folder = ""
set _tconda_found = ""
while (1)
    if (-f "$_tconda_folder:q/.tconda-env") then
        set _tconda_found = "$_tconda_folder:q/.tconda-env"
        break
    else if (-f "$_tconda_folder:q/.python-version") then
        set _tconda_found = "$_tconda_folder:q/.python-version"
        break
    endif
    if ("$_tconda_folder:q" == "") break
    if ("$_tconda_folder:h:q" == "$_tconda_folder:q" || "$_tconda_folder:h:q" == "/") then
        set _tconda_folder = ""
    else
        set _tconda_folder = "$_tconda_folder:h:q"
    endif
end
set _tconda_known = ""
if ($?_TCONDA_AUTO_FILE) then
    set _tconda_known = "$_TCONDA_AUTO_FILE:q"
endif
if ("$_tconda_found:q" != "$_tconda_known:q") source ${file('tconda-eval.csh')} auto "$_tconda_found:q"
unset _tconda_status _tconda_folder _tconda_found _tconda_known
`;
  return {
    text,
    files: new Map([
      ['tconda-run.csh', run],
      ['tconda-eval.csh', evaluate],
      ['tconda-look.csh', look],
      ['tconda-start.csh', start],
    ]),
  };
}

/** A text inside the single quotes of an alias. */
function inAlias(text: string): string {
  return text.replaceAll("'", `'\\''`);
}
