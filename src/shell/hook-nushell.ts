import type { HookOptions } from './hook.ts';

/**
 * The hook of nushell, which can't run code that is made while it runs: the client answers with JSON, a record of
 * variables whose nulls go. It runs the scripts of `activate.d` too, and tells what they made of the variables.
 */
export function hookNushell({ command, names, condabin }: HookOptions): string {
  const program = `^${command.map((word) => JSON.stringify(word)).join(' ')}`;
  const calls = names.map(
    (name) => `def --env --wrapped ${name} [...args] {
    match ($args | get -o 0 | default "") {
        "activate" | "deactivate" => { __tconda_eval ...$args }
        "install" | "update" | "upgrade" | "remove" | "uninstall" => {
            ${program} ...$args
            __tconda_eval reactivate
        }
        "local" => {
            ${program} ...$args
            hide-env --ignore-errors _TCONDA_AUTO_FILE
            __tconda_look
        }
        _ => { ${program} ...$args }
    }
}
`,
  );
  return `def --env --wrapped __tconda_eval [...args] {
    let change = (with-env { _TCONDA_NU: $nu.current-exe } {
        ^${command.map((word) => JSON.stringify(word)).join(' ')} shell.nushell ...$args | from json
    })
    load-env ($change | transpose name value | where value != null | transpose -r -d | default {})
    for name in ($change | transpose name value | where value == null | get name) {
        hide-env --ignore-errors $name
    }
}

# With the file that enters the environment of new shells. One that was started within an environment stays in it.
def --env __tconda_start [file: string] {
    if ($env.CONDA_PREFIX? | default "") != "" and ($env.CONDA_SHLVL? | default "0") not-in ["" "0"] {
        let folder = ($env.CONDA_PREFIX | path join "bin")
        if $folder not-in $env.PATH { $env.PATH = ($env.PATH | prepend $folder) }
        return
    }
    # Left behind by an environment that was left; it comes back with the next.
    if ($env.CONDA_EXE? | default "") == ($env.TCONDA_EXE? | default "") { hide-env --ignore-errors CONDA_EXE }
    let data = (try { open --raw $file | from json } catch { null })
    let is_old = (try {
        let made = (ls --directory $file | get 0.modified)
        ($data.ask
            or ($data.variables | transpose name value | any {|one| ($env | get -o $one.name | default "") != $one.value })
            or ($data.present | any {|input| (ls --directory $input | get 0.modified) >= $made })
            or ($data.absent | any {|input| $input | path exists }))
    } catch { true })
    if $is_old {
        try { __tconda_eval start }
        return
    }
    let enter = $data.enter
    if $enter == null { return }
    let before = $env
    load-env ($enter.own
        | where {|name| ($before | get -o $name | default "") != "" }
        | reduce --fold {} {|name, all| $all | insert $"__CONDA_SHLVL_0_($name)" ($before | get $name) })
    load-env $enter.exports
    let has_condabin = ($env.PATH | any {|folder| ($folder | path basename) == "condabin" })
    $env.PATH = ($enter.pathEntries | append (if $has_condabin { [] } else { [$enter.condabin] }) | append $env.PATH)
}

# Finds the file that names the environment of this folder.
def --env __tconda_look [] {
    mut folder = $env.PWD
    mut found = ""
    loop {
        for name in [".tconda-env" ".python-version"] {
            let file = ($folder | path join $name)
            if $found == "" and ($file | path type) == "file" { $found = $file }
        }
        let above = ($folder | path dirname)
        if $found != "" or $above == $folder or $above == "" { break }
        $folder = $above
    }
    if $found != ($env._TCONDA_AUTO_FILE? | default "") { __tconda_eval auto $found }
}

${calls.join('\n')}
if "CONDA_SHLVL" not-in $env {
    $env.CONDA_SHLVL = "0"
    if not ($env.PATH | any {|folder| ($folder | path basename) == "condabin" }) {
        $env.PATH = ($env.PATH | prepend ${JSON.stringify(condabin)})
    }
}
$env.config = ($env.config | upsert hooks.env_change.PWD {|config|
    ($config | get -o hooks.env_change.PWD | default []) | append [{|before, after| __tconda_look }]
})
$env.__TCONDA_PROMPT = ($env.PROMPT_COMMAND? | default {|| "" })
$env.PROMPT_COMMAND = {||
    let prompt = $env.__TCONDA_PROMPT
    let rest = (if ($prompt | describe) == "closure" { do $prompt } else { $prompt })
    $"($env.CONDA_PROMPT_MODIFIER? | default '')($rest)"
}
`;
}
