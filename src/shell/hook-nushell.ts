import type { HookOptions } from './hook.ts';

/**
 * The hook of nushell, which can't run code that is made while it runs: the client answers with JSON, a record of
 * variables whose nulls go. Scripts of `activate.d` don't run.
 */
export function hookNushell({ command, answer, names }: HookOptions): string {
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
    let change = (^${answer.map((word) => JSON.stringify(word)).join(' ')} shell.nushell ...$args | from json)
    load-env ($change | transpose name value | where value != null | transpose -r -d | default {})
    for name in ($change | transpose name value | where value == null | get name) {
        hide-env --ignore-errors $name
    }
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
if "CONDA_SHLVL" not-in $env { $env.CONDA_SHLVL = "0" }
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
