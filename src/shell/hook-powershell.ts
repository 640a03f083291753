import type { HookOptions } from './hook.ts';
import { quotePowerShell } from './quote.ts';

/** The hook of Windows PowerShell 5 and PowerShell 7. The prompt shows the modifier by a function around the one there is. */
export function hookPowerShell({ command, names, condabin }: HookOptions): string {
  const [file, ...words] = command.map(quotePowerShell);
  const program = `& ${[file, ...words].join(' ')}`;
  return `function Global:__tconda_eval {
    $Code = (& ${command.map(quotePowerShell).join(' ')} shell.powershell @args | Out-String)
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

# With the file that enters the environment of new shells. One that was started within an environment stays in it.
function Global:__tconda_start($File) {
    if ($Env:CONDA_PREFIX -and $Env:CONDA_SHLVL -and $Env:CONDA_SHLVL -ne "0") { return }
    # Left behind by an environment that was left; it comes back with the next.
    if ($Env:CONDA_EXE -eq $Env:TCONDA_EXE) { $Env:CONDA_EXE = $null }
    $IsOld = $true
    try {
        $Data = [IO.File]::ReadAllText($File) | ConvertFrom-Json
        $Made = [IO.File]::GetLastWriteTimeUtc($File)
        $Changed = @($Data.variables.PSObject.Properties | Where-Object { [string][Environment]::GetEnvironmentVariable($_.Name) -cne $_.Value })
        $Changed += @($Data.present | Where-Object { -not (Test-Path -LiteralPath $_) -or [IO.File]::GetLastWriteTimeUtc($_) -ge $Made })
        $Changed += @($Data.absent | Where-Object { Test-Path -LiteralPath $_ })
        $IsOld = $Changed.Count -gt 0
    } catch {}
    if ($IsOld) { __tconda_eval start 2>$null; return }
    $Enter = $Data.enter
    if (-not $Enter) { return }
    foreach ($Name in $Enter.own) {
        $Old = [Environment]::GetEnvironmentVariable($Name)
        if ($Old) { [Environment]::SetEnvironmentVariable("__CONDA_SHLVL_0_$Name", $Old) }
    }
    foreach ($One in $Enter.exports.PSObject.Properties) { [Environment]::SetEnvironmentVariable($One.Name, $One.Value) }
    $Separator = [IO.Path]::PathSeparator
    $Folders = @($Enter.pathEntries)
    if (-not ($Env:PATH.Split($Separator) | Where-Object { [IO.Path]::GetFileName($_) -eq "condabin" })) { $Folders += $Enter.condabin }
    $Env:PATH = ($Folders + $Env:PATH) -join $Separator
    foreach ($Script in $Enter.scripts) { . $Script }
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
if (-not $Env:CONDA_SHLVL) {
    $Env:CONDA_SHLVL = "0"
    $Separator = [IO.Path]::PathSeparator
    if (-not ($Env:PATH.Split($Separator) | Where-Object { [IO.Path]::GetFileName($_) -eq "condabin" })) {
        $Env:PATH = ${quotePowerShell(condabin)} + $Separator + $Env:PATH
    }
}
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
