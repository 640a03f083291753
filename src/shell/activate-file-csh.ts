import { quoteCsh } from './quote.ts';

/**
 * The body of `bin/activate.csh`. csh can't tell where a file lies that it reads: this one holds for the place where it was
 * written.
 */
export function formatCshFile(prefix: string, name: string, given: ReadonlyMap<string, string>): string {
  const variables = [...given];
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
  return `# Use it in csh or tcsh: source ${quoteCsh(`${prefix}/bin/activate.csh`)}; leave with: deactivate

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
