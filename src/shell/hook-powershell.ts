import type { HookOptions } from './hook.ts';
import { quotePowerShell } from './quote.ts';

/** The hook of Windows PowerShell 5 and PowerShell 7. The prompt shows the modifier by a function around the one there is. */
export function hookPowerShell({ command, answer, names }: HookOptions): string {
  const [file, ...words] = command.map(quotePowerShell);
  const program = `& ${[file, ...words].join(' ')}`;
  return `function Global:__tconda_eval {
    $Code = (& ${answer.map(quotePowerShell).join(' ')} shell.powershell @args | Out-String)
    if ($LASTEXITCODE -eq 0 -and $Code.Trim().Length -gt 0) { Invoke-Expression -Command $Code }
}

# Finds the file that names the environment of this folder.
function Global:__tconda_look {
    $Global:__tconda_pwd = $PWD.ProviderPath
    $Found = ""
    $Folder = $PWD.ProviderPath
    while ($Folder -and -not $Found) {
        foreach ($Name in ".tconda-env", ".python-version") {
            $File = [IO.Path]::Combine($Folder, $Name)
            if (-not $Found -and [IO.File]::Exists($File)) { $Found = $File }
        }
        $Folder = [IO.Path]::GetDirectoryName($Folder)
    }
    if ($Found -ne "$Env:_TCONDA_AUTO_FILE") { __tconda_eval auto $Found }
}

function Global:__tconda {
    $First = if ($args.Count -gt 0) { $args[0] } else { "" }
    switch -Regex ($First) {
        "^(activate|deactivate)$" { __tconda_eval @args }
        "^(install|update|upgrade|remove|uninstall)$" {
            ${program} @args
            if ($LASTEXITCODE -eq 0) { __tconda_eval reactivate }
        }
        "^local$" {
            ${program} @args
            if ($LASTEXITCODE -eq 0) { $Env:_TCONDA_AUTO_FILE = $null; __tconda_look }
        }
        default { ${program} @args }
    }
}
${names.map((name) => `Set-Alias -Name ${name} -Value __tconda -Scope Global\n`).join('')}
if (-not $Env:CONDA_SHLVL) { $Env:CONDA_SHLVL = "0" }
if (-not (Test-Path Variable:Global:__tconda_old_prompt)) {
    $Global:__tconda_old_prompt = $Function:prompt
    function Global:prompt {
        if ($Global:__tconda_pwd -ne $PWD.ProviderPath) { __tconda_look }
        if ($Env:CONDA_PROMPT_MODIFIER) { Write-Host -NoNewline $Env:CONDA_PROMPT_MODIFIER }
        & $Global:__tconda_old_prompt
    }
}
`;
}
